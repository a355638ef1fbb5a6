import type { ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { openPage, browserTest as test, untilDrawn } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit, send } from '../../support/client.js';
import { FAST, rowNames } from '../../support/dashboard.js';
import { until } from '../../support/until.js';

const ROW_PX = 48;
const uidOf = (index: number) => `v${String(index).padStart(3, '0')}`;

const focused = async (page: Page) =>
  String(await page.evaluate('(document.activeElement.querySelector(".name") ?? document.activeElement).textContent'));

async function openWithVisitors(t: ExecutionContext, count: number) {
  const { url } = await startCli(t, FAST);
  for (let index = 0; index < count; index++) await hit(url, { uid: uidOf(index), room: 'hall' });
  const { page } = await openPage(t, url);
  await page.waitForSelector('.visitor');
  return { url, page };
}

test('rows are in the document in the order they are seen, also after scrolling back', async (t) => {
  const { page } = await openWithVisitors(t, 200);
  for (const topPx of [5000, 4850, 4700, 120, 0]) {
    await page.evaluate(`document.getElementById("scroller").scrollTop = ${topPx}`);
    const first = uidOf(Math.floor(topPx / ROW_PX));
    await until(async () => (await rowNames(page)).includes(first));
    await untilDrawn(page);
    const names = await rowNames(page);
    t.deepEqual(names, [...names].sort());
  }
});

test('the list is one tab stop, and the arrow keys, Page Up, Page Down, Home and End move within it', async (t) => {
  const { page } = await openWithVisitors(t, 200);
  await page.focus('#list [data-sort="room"]');
  await page.keyboard.press('Tab');
  t.is(await focused(page), 'v000');
  await page.keyboard.press('ArrowDown');
  t.is(await focused(page), 'v001');
  await page.keyboard.press('Shift+Tab');
  t.is(await focused(page), 'Room');
  await page.keyboard.press('Tab');
  t.is(await focused(page), 'v001');
  await page.keyboard.press('Home');
  for (let times = 0; times < 30; times++) await page.keyboard.press('ArrowDown');
  t.is(await focused(page), 'v030');
  await page.keyboard.press('ArrowUp');
  t.is(await focused(page), 'v029');
  await page.keyboard.press('End');
  t.is(await focused(page), 'v199');
  await page.keyboard.press('PageUp');
  t.regex(await focused(page), /^v18\d$|^v19[0-5]$/);
  await page.keyboard.press('Home');
  t.is(await focused(page), 'v000');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#explanation[open]');
  await page.keyboard.press('Escape');
  t.is(await focused(page), 'v001');
});

test('the focus stays in the list when its visitor is scrolled out of view or leaves', async (t) => {
  const { url, page } = await openWithVisitors(t, 200);
  await page.focus('.visitor .open');
  await page.keyboard.press('ArrowDown');
  await page.evaluate('document.getElementById("scroller").scrollTop = 8000');
  await until(async () => (await rowNames(page)).includes('v168'));
  t.is(await focused(page), 'v001');
  await send(`${url}/v1/leave`, { body: '{"uid":"v001"}' });
  await until(async () => (await focused(page)) === 'v002');
  t.pass();
});
