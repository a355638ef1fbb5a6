import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { launchBrowser, openPage, browserTest as test } from '../support/browser.js';
import { startCli } from '../support/cli.js';
import { hit, send } from '../support/client.js';
import { FAST } from '../support/dashboard.js';
import { until } from '../support/until.js';

const focused = (page: Page) =>
  page.evaluate('(document.activeElement.querySelector(".name") ?? document.activeElement).textContent');
const rowNames = (page: Page) => page.locator('.visitor .name').allTextContents();
const uidOf = (index: number) => `v${String(index).padStart(3, '0')}`;

async function openCrowd(t: Parameters<typeof launchBrowser>[0], count: number) {
  const { url } = await startCli(t, FAST);
  for (let index = 0; index < count; index++) await hit(url, { uid: uidOf(index), room: 'hall' });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await page.waitForSelector('.visitor');
  return { url, page };
}

test('rows stand in the document in the order they are seen, also after scrolling back', async (t) => {
  const { page } = await openCrowd(t, 200);
  for (const top of [5000, 4850, 4700, 120, 0]) {
    await page.evaluate(`document.getElementById("scroller").scrollTop = ${top}`);
    const first = uidOf(Math.max(0, Math.floor(top / 56)));
    await until(async () => (await rowNames(page)).includes(first));
    await delay(100);
    const names = await rowNames(page);
    t.deepEqual(names, [...names].sort());
  }
});

test('the list is one stop for Tab, and arrows, Page, Home and End go through all of it', async (t) => {
  const { page } = await openCrowd(t, 200);
  await page.focus('#room');
  await page.keyboard.press('Tab');
  t.is(await focused(page), 'v000');
  await page.keyboard.press('ArrowDown');
  t.is(await focused(page), 'v001');
  await page.keyboard.press('Shift+Tab');
  t.regex(String(await focused(page)), /^Whole site/);
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
  t.regex(String(await focused(page)), /^v18\d$|^v19[0-5]$/);
  await page.keyboard.press('Home');
  t.is(await focused(page), 'v000');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#explanation[open]');
  await page.keyboard.press('Escape');
  t.is(await focused(page), 'v001');
});

test('the focus stays in the list when its visitor scrolls away or leaves', async (t) => {
  const { url, page } = await openCrowd(t, 200);
  await page.focus('#room');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.evaluate('document.getElementById("scroller").scrollTop = 8000');
  await until(async () => (await rowNames(page)).includes('v145'));
  t.is(await focused(page), 'v001');
  await send(`${url}/v1/leave`, { body: '{"uid":"v001"}' });
  await until(async () => (await focused(page)) === 'v002');
  t.pass();
});

test('the rooms to choose from stay as they are while somebody is choosing', async (t) => {
  const { url, page } = await openCrowd(t, 1);
  await until(async () => (await page.locator('#room option').count()) === 2);
  await page.focus('#room');
  await page.evaluate('window.options = [...document.querySelectorAll("#room option")]');
  await hit(url, { uid: 'bob', room: 'attic' });
  await delay(11_000);
  t.true(await page.evaluate('window.options.every(({ isConnected }) => isConnected)'));
  await page.focus('#find');
  await until(async () => (await page.locator('#room option').count()) === 3);
});

test('nothing jumps, at any width: not while searching, when the list is complete, or when the service is lost', async (t) => {
  const service = await startCli(t, { ...FAST, HEARTBEAT_SECONDS: '10', ONLINE_WINDOW_SECONDS: '20' });
  const timer = setInterval(() => void hit(service.url, { uid: 'ada' }).catch(() => {}), 500);
  t.teardown(() => clearInterval(timer));
  const browser = await launchBrowser(t);
  const pages: Page[] = [];
  for (const [width, height] of [
    [1280, 800],
    [768, 1024],
    [390, 844],
    [320, 640],
  ] as const) {
    const { page } = await openPage(await browser.newContext({ viewport: { width, height } }));
    await page.goto(service.url);
    await page.waitForSelector('.visitor');
    await page.waitForSelector('#collecting:not([hidden])');
    pages.push(page);
  }
  const before = await Promise.all(pages.map(places));
  const nothingMoved = async (what: string) => {
    for (const [index, page] of pages.entries()) {
      const width = page.viewportSize()!.width;
      t.deepEqual(await places(page), before[index], `${what} at ${width}`);
      t.deepEqual(await headerFaults(page), [], `${what} at ${width}`);
    }
  };
  await nothingMoved('collecting');
  for (const page of pages) await page.fill('#find', 'nobody');
  for (const page of pages) await until(() => page.isVisible('#none'));
  await nothingMoved('searching');
  for (const page of pages) await page.fill('#find', '');
  for (const page of pages) await until(async () => !(await page.isVisible('#collecting')));
  await nothingMoved('complete');
  service.process.kill('SIGKILL');
  for (const page of pages)
    await until(async () => /^Reconnecting, last/.test((await page.textContent('#connection'))!));
  await nothingMoved('reconnecting');
  const unhide = 'document.getElementById("sign-out").hidden = document.getElementById("collecting").hidden = false';
  for (const page of pages) await page.evaluate(unhide);
  await nothingMoved('reconnecting while collecting and signed in');
});

/** Where things are that nothing may move. */
const places = (page: Page) =>
  page.evaluate(`["connection", "be-visitor", "live", "online", "chart", "list-title"].map((id) => {
    const { left, top } = document.getElementById(id).getBoundingClientRect();
    return [id, id === "be-visitor" ? top : left, id === "connection" ? 0 : top];
  })`);

/** What of the header is cut off, or lies over something else. */
const headerFaults = (page: Page) =>
  page.evaluate(`(() => {
    const parts = [...document.querySelectorAll(".bar h1, .bar .state > *, .bar button")].filter((part) => part.checkVisibility());
    const box = (part) => part.getBoundingClientRect();
    const [bar, state] = [".bar", ".state"].map((selector) => box(document.querySelector(selector)));
    const isWithin = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
    const doMeet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const faults = parts.filter((part) => !isWithin(box(part), part.closest(".state") ? state : bar)).map(({ id }) => id + " is cut off");
    for (const part of parts) for (const other of parts)
      if (part !== other && doMeet(box(part), box(other))) faults.push(part.id + " lies over " + other.id);
    if (bar.bottom > box(document.querySelector(".counts")).top) faults.push("the header lies over the counts");
    if (document.documentElement.scrollWidth > innerWidth) faults.push("the page is too wide");
    return faults;
  })()`);

test('somebody who comes first sees what to paste without scrolling', async (t) => {
  const { url } = await startCli(t, FAST);
  const browser = await launchBrowser(t);
  const { page } = await openPage(await browser.newContext({ viewport: { width: 1280, height: 800 } }));
  await page.goto(url);
  await page.waitForSelector('#start:not([hidden])');
  for (const id of ['copy', 'be-visitor']) {
    const box = (await page.locator(`#${id}`).boundingBox())!;
    t.true(box.y + box.height <= 800, `#${id} ends at ${box.y + box.height}`);
  }
});

test('large counts fit a phone', async (t) => {
  const { url } = await startCli(t, FAST);
  const browser = await launchBrowser(t);
  const { page } = await openPage(await browser.newContext({ viewport: { width: 390, height: 844 } }));
  await page.route(/\/sse\/totals/, (route) =>
    route.fulfill({
      contentType: 'text/event-stream',
      body: 'data: {"ts":1795522572,"online_total":10000,"active_total":10000,"idle_total":10000}\n\n',
    }),
  );
  await page.goto(url);
  await until(async () => (await page.textContent('#idle'))!.replace(/\D/g, '') === '10000');
  const spare = await page.evaluate(
    '[...document.querySelectorAll(".number")].map((number) => number.clientWidth - number.scrollWidth)',
  );
  t.deepEqual(spare, [0, 0, 0]);
  t.is(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
});
