import type { Page } from 'playwright-core';
import { chromiumPath, launchBrowser, openPage } from '../support/browser.js';
import { startCli } from '../support/cli.js';
import { hit } from '../support/client.js';
import { testWith } from '../support/needs.js';
import { until } from '../support/until.js';

const test = testWith(
  'Chromium',
  chromiumPath !== undefined,
  'Install the Debian package chromium, or set CHROMIUM_PATH.',
);

const FAST = { TICK_INTERVAL_SECONDS: '0.1', LEAVE_SETTLE_SECONDS: '0', ONLINE_WINDOW_SECONDS: '3600' };

const text = (page: Page, selector: string) => page.textContent(selector, { timeout: 20_000 });

test('visitors with the longest of names are looked up too', async (t) => {
  const { url } = await startCli(t, FAST);
  for (let index = 0; index < 15; index++)
    await hit(url, { uid: `${String(index).padStart(2, '0')}${'я'.repeat(254)}` });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await until(
    async () => (await page.isVisible('.visitor')) && (await page.locator('.visitor .ago:empty').count()) === 0,
  );
  t.pass();
});
