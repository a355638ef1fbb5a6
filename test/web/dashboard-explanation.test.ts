import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { launchBrowser, openPage, browserTest as test } from '../support/browser.js';
import { startCli } from '../support/cli.js';
import { hit, send } from '../support/client.js';
import { FAST } from '../support/dashboard.js';
import { SECRET } from '../support/tokens.js';
import { until } from '../support/until.js';

/** The explanation is brought up to date every 2 s. */
const OVER_REFRESH_MS = 2600;

async function openDashboard(t: ExecutionContext, uids: readonly string[]) {
  const { url } = await startCli(t, FAST);
  for (const uid of uids) await hit(url, { uid, session: 'a', info: { name: `Name of ${uid}`, pet: 'cat' } });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await page.waitForSelector('.visitor');
  return { url, page };
}

const isOpen = (page: Page) => page.isVisible('#explanation');

async function explain(page: Page, uid: string) {
  await page.click(`.visitor:has-text("${uid}")`);
  await page.waitForSelector('#explanation[open]');
  await until(async () => /Name of/.test((await page.textContent('#explanation-title'))!));
  return (await page.locator('#explanation').boundingBox())!;
}

test('an explanation is closed by a click beside it, and by nothing else of the mouse', async (t) => {
  const { page } = await openDashboard(t, ['ada']);
  const { x, y, width } = await explain(page, 'ada');
  await page.mouse.click(x + 5, y + 5);
  t.true(await isOpen(page), 'a click on its own edge');
  await page.mouse.move(x + 60, y + 60);
  await page.mouse.down();
  await page.mouse.move(x + width + 60, y + 60);
  await page.mouse.up();
  t.true(await isOpen(page), 'a selection that ends beside it');
  await page.mouse.click(x - 20, y + 60);
  await until(async () => !(await isOpen(page)));
});

test('a double click on a visitor opens the explanation and does not close it again', async (t) => {
  const { page } = await openDashboard(t, ['ada']);
  const { x, y } = (await page.locator('.visitor').boundingBox())!;
  await page.mouse.move(x + 10, y + 10);
  await page.mouse.down({ clickCount: 1 });
  await page.mouse.up({ clickCount: 1 });
  await page.waitForSelector('#explanation[open]');
  await page.mouse.down({ clickCount: 2 });
  await page.mouse.up({ clickCount: 2 });
  await delay(300);
  t.true(await isOpen(page));
});

test('a uid that is selected for copying stays selected', async (t) => {
  const { page } = await openDashboard(t, ['ada']);
  await explain(page, 'ada');
  await page.evaluate('getSelection().selectAllChildren(document.getElementById("explanation-uid"))');
  await delay(OVER_REFRESH_MS);
  t.is(await page.evaluate('String(getSelection())'), 'ada');
});

test('whoever leaves while being explained keeps the name, and the focus goes on to the next in the list', async (t) => {
  const { url, page } = await openDashboard(t, ['ada', 'bob', 'eve']);
  await explain(page, 'bob');
  await send(`${url}/v1/leave`, { body: '{"uid":"bob"}' });
  await until(async () => /^Offline/.test((await page.textContent('#explanation-sentences'))!));
  t.is(await page.textContent('#explanation-title'), 'Name of bob');
  t.is(await page.textContent('#explanation-info'), 'petcat');
  await page.keyboard.press('Escape');
  await until(async () => (await page.evaluate('document.activeElement.querySelector(".uid")?.textContent')) === 'eve');
  t.pass();
});

test('an explanation goes when the service no longer lets the browser watch', async (t) => {
  const service = await startCli(t, FAST);
  await hit(service.url, { uid: 'ada', session: 'a', info: { name: 'Name of ada' } });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(service.url);
  await explain(page, 'ada');
  service.process.kill('SIGKILL');
  await service.exited;
  await startCli(t, { ...FAST, PORT: String(service.port), WATCH_SECRET: SECRET });
  await page.waitForSelector('#sign-in:not([hidden])');
  t.false(await isOpen(page));
});
