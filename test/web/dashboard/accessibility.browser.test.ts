import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { devices, type Page } from 'playwright-core';
import { openPage, browserTest as test, untilDrawn } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit, send } from '../../support/client.js';
import { FAST, openExplanation, untilText } from '../../support/dashboard.js';
import { SECRET } from '../../support/tokens.js';
import { until } from '../../support/until.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violationsIn(page: Page): Promise<string[]> {
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))',
  );
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds no violations in the ${colorScheme} colours`, async (t) => {
    const { url } = await startCli(t, FAST);
    const { page } = await openPage(t, url, { colorScheme, bypassCSP: true });
    for (const body of ['{"uid":""}', '{uid:"ada"}']) await send(`${url}/v1/hit`, { body, headers: { origin: url } });
    await send(`${url}/v1/hit`, { body: '{"uid":"ada"}', headers: { origin: 'https://shop.example' } });
    await until(async () => (await page.locator('#refusals li').count()) === 3);
    await page.evaluate(AXE);
    t.deepEqual(await violationsIn(page), []);
    for (let index = 0; index < 30; index++)
      await hit(url, { uid: `v${index}`, room: 'hall', idle_for: index < 9 ? 400 : 0 });
    await untilText(page, '#online', '30');
    await page.waitForSelector('.visitor .idle');
    await untilDrawn(page);
    // Rows of new visitors are highlighted at first, which changes their contrast.
    await until(() => page.evaluate('document.getAnimations().every(({ playState }) => playState === "finished")'));
    t.deepEqual(await violationsIn(page), []);
    await openExplanation(page);
    t.deepEqual(await violationsIn(page), []);
  });
}

test('axe finds no violations while the chart is read, when the service is lost, and where it is locked', async (t) => {
  const service = await startCli(t, FAST);
  const { url } = await startCli(t, { WATCH_SECRET: SECRET });
  for (const uid of ['ada', 'bob', 'carol']) await hit(service.url, { uid, idle_for: uid === 'bob' ? 400 : 0 });
  for (const viewport of [
    { width: 1920, height: 1080 },
    { width: 300, height: 640 },
  ]) {
    const { page } = await openPage(t, service.url, { viewport, bypassCSP: true });
    await untilText(page, '#online', '3');
    await page.evaluate(AXE);
    await page.focus('#chart');
    await page.keyboard.press('Home');
    await page.waitForSelector('#reading:not([hidden])');
    await until(() => page.evaluate('document.getAnimations().every(({ playState }) => playState === "finished")'));
    t.deepEqual(await violationsIn(page), [], `reading at ${viewport.width}`);
    await page.goto(url);
    await page.waitForSelector('#sign-in:not([hidden])');
    await page.evaluate(AXE);
    t.deepEqual(await violationsIn(page), [], `locked at ${viewport.width}`);
    await page.fill('#token', SECRET);
    await page.press('#token', 'Enter');
    await page.click('#access summary');
    await page.click('#share-form button[type=submit]');
    await page.waitForSelector('#share-made:not([hidden])');
    t.deepEqual(await violationsIn(page), [], `shared at ${viewport.width}`);
    await page.click('#sign-out');
    await page.waitForSelector('#sign-in:not([hidden])');
  }
  const { page } = await openPage(t, service.url, { bypassCSP: true, forcedColors: 'active' });
  await untilText(page, '#online', '3');
  service.process.kill('SIGKILL');
  await untilText(page, '#connection', /^Reconnecting/);
  await page.evaluate(AXE);
  t.deepEqual(await violationsIn(page), [], 'lost');
});

test('buttons and form fields are large enough for a finger on a phone', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page } = await openPage(t, url, { ...devices['iPhone 13'], viewport: { width: 375, height: 800 } });
  await page.waitForSelector('#set-up:not([hidden])');
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
