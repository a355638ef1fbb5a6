import { setTimeout as delay } from 'node:timers/promises';
import { devices } from 'playwright-core';
import { launchBrowser, openPage, browserTest as test } from '../support/browser.js';
import { startCli } from '../support/cli.js';
import { hit } from '../support/client.js';
import { FAST } from '../support/dashboard.js';
import { until } from '../support/until.js';

test('a name that runs to the left is cut off at its end, and an avatar without a picture shows what can be seen', async (t) => {
  const { url } = await startCli(t, FAST);
  const names = { hebrew: 'שלום '.repeat(60), flag: '🇫🇷 Zoé', marked: '\u200f\u202eada' };
  for (const [uid, name] of Object.entries(names)) await hit(url, { uid, info: { name } });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await until(async () => (await page.locator('.visitor').count()) === 3);
  const first = await page.evaluate(`(() => {
    const name = [...document.querySelectorAll('.name')].find(({ textContent }) => textContent.startsWith('ש'));
    const range = document.createRange();
    range.setStart(name.firstChild, 0);
    range.setEnd(name.firstChild, 1);
    const [letter, box] = [range, name].map((each) => each.getBoundingClientRect());
    return letter.left >= box.left && letter.right <= box.right + 1;
  })()`);
  t.true(first, 'its beginning is in view');
  const letters = await page.locator('.avatar').allTextContents();
  t.deepEqual([...letters].sort(), ['A', 'ש', '🇫🇷'].sort());
});

test('what can be pressed is large enough for a finger', async (t) => {
  const { url } = await startCli(t, FAST);
  const browser = await launchBrowser(t);
  const { page } = await openPage(
    await browser.newContext({ ...devices['iPhone 13'], viewport: { width: 375, height: 800 } }),
  );
  await page.goto(url);
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

test('counts fade when the service has been lost for a while', async (t) => {
  const service = await startCli(t, FAST);
  await hit(service.url, { uid: 'ada' });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(service.url);
  await page.waitForSelector('.visitor .pill');
  const colors = () =>
    page.evaluate(
      `['#active', '.pill', '.count .label'].map((selector) => getComputedStyle(document.querySelector(selector)).color)`,
    ) as Promise<string[]>;
  const [number, pill, muted] = await colors();
  t.true(number !== muted && pill !== muted);
  service.process.kill('SIGKILL');
  await until(async () => (await colors()).every((color) => color === muted));
  t.regex((await page.textContent('#connection'))!, /^Reconnecting/);
});

test('the chart tells what is under the pointer, and cannot be dragged out of place', async (t) => {
  const { url } = await startCli(t, FAST);
  for (const uid of ['ada', 'bob']) await hit(url, { uid, idle_for: uid === 'bob' ? 400 : 0 });
  const { page } = await openPage(await launchBrowser(t));
  const now = Math.floor(Date.now() / 1000);
  const ts = Array.from({ length: 180 }, (_, index) => now - 1800 + index * 10);
  const history = {
    interval: 10,
    since: 0,
    complete_from: 0,
    ts,
    online_total: ts.map(() => 1234),
    active_total: ts.map(() => 7),
  };
  await page.route(/\/v1\/history/, (route) => route.fulfill({ json: history }));
  await page.goto(url);
  await until(async () => (await page.textContent('#online')) === '2');
  // The plot is made anew when the history has come, and has no place while it is.
  const { x, y, width } = await until(async () => (await page.locator('#chart .u-over').boundingBox()) ?? false);
  const legend = async () => (await page.textContent('.legend'))!.replace(/\s+/g, ' ').trim();
  let step = 0;
  const legendAt = async (share: number) => {
    // A new plot does not know of a pointer that stands still.
    await page.mouse.move(x + width * share, y + 50 + (step++ % 2));
    return legend();
  };
  await until(async () => /^\d\d:\d\d.*online 1,234active 7$/.test(await legendAt(0.75)));
  await until(async () => (await legendAt(0.25)) === 'onlineactive');
  await page.mouse.move(x + width * 0.6, y + 50);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.7, y + 50, { steps: 5 });
  await delay(100);
  t.is(await page.evaluate('document.querySelector("#chart .u-select").clientWidth'), 0);
  await page.mouse.up();
});

test('an explanation can be closed at its top, however long the name', async (t) => {
  const { url } = await startCli(t, FAST);
  await hit(url, { uid: 'ada', session: 'a', info: { name: 'A name that goes on and on. '.repeat(12) } });
  const browser = await launchBrowser(t);
  const { page } = await openPage(await browser.newContext({ viewport: { width: 375, height: 700 } }));
  await page.goto(url);
  await page.click('.visitor');
  await page.waitForSelector('#explanation[open]');
  await until(async () => /goes on/.test((await page.textContent('#explanation-title'))!));
  const [dialog, button] = await Promise.all(
    ['#explanation', '#close-explanation'].map((selector) => page.locator(selector).boundingBox()),
  );
  t.true(button!.y - dialog!.y < 30, `${button!.y - dialog!.y}`);
});
