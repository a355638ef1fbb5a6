import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { devices } from 'playwright-core';
import { openPage, browserTest as test, untilDrawn } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit } from '../../support/client.js';
import { FAST, openExplanation, untilText } from '../../support/dashboard.js';
import { until } from '../../support/until.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds no violations in the ${colorScheme} colours`, async (t) => {
    const { url } = await startCli(t, FAST);
    const { page } = await openPage(t, url, { colorScheme, bypassCSP: true });
    const violations = async () => {
      const found = await page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))',
      );
      return found as string[];
    };
    await page.waitForSelector('#start:not([hidden])');
    await page.evaluate(AXE);
    t.deepEqual(await violations(), []);
    for (let index = 0; index < 30; index++)
      await hit(url, { uid: `v${index}`, room: 'hall', idle_for: index < 9 ? 400 : 0 });
    await untilText(page, '#online', '30');
    await page.waitForSelector('.visitor .idle');
    await untilDrawn(page);
    // Rows of new visitors are highlighted at first, which changes their contrast.
    await until(() => page.evaluate('document.getAnimations().every(({ playState }) => playState === "finished")'));
    t.deepEqual(await violations(), []);
    await openExplanation(page);
    t.deepEqual(await violations(), []);
  });
}

test('buttons and form fields are large enough for a finger on a phone', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page } = await openPage(t, url, { ...devices['iPhone 13'], viewport: { width: 375, height: 800 } });
  await page.waitForSelector('#start:not([hidden])');
  await hit(url, { uid: 'ada' });
  const small = () =>
    page.evaluate(`[...document.querySelectorAll('button, input, select')]
      .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
      .map(({ id }) => id)`);
  t.deepEqual(await small(), []);
  await page.tap('.visitor');
  await page.waitForSelector('#explanation[open]');
  t.deepEqual(await small(), []);
});
