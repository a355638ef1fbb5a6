import type { Page } from 'playwright-core';
import { openPage, browserTest as test, untilDrawn } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit } from '../../support/client.js';
import { FAST, untilText } from '../../support/dashboard.js';
import { until } from '../../support/until.js';

const VIEWPORTS = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 800 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
  { width: 300, height: 720 },
];

/** The positions of elements that must not move. Buttons may move sideways, and the connection's state vertically. */
const positions = (page: Page) =>
  page.evaluate(`["connection", "set-up-button", "live", "online", "chart", "list-title"].map((id) => {
    const { left, top } = document.getElementById(id).getBoundingClientRect();
    return [id, id === "set-up-button" ? top : left, id === "connection" ? 0 : top];
  })`);

/** Parts of the header that are cut off or overlap. */
const headerFaults = (page: Page) =>
  page.evaluate(`(() => {
    const parts = [...document.querySelectorAll(".bar h1, .bar .state > *, .bar button")].filter((part) => part.checkVisibility());
    const box = (part) => part.getBoundingClientRect();
    const [bar, state] = [".bar", ".state"].map((selector) => box(document.querySelector(selector)));
    const isWithin = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
    const doOverlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const faults = parts.filter((part) => !isWithin(box(part), part.closest(".state") ? state : bar)).map(({ id }) => id + " is cut off");
    for (const part of parts) for (const other of parts)
      if (part !== other && doOverlap(box(part), box(other))) faults.push(part.id + " overlaps " + other.id);
    if (bar.bottom > box(document.querySelector(".counts")).top) faults.push("the header overlaps the counts");
    if (document.documentElement.scrollWidth > innerWidth) faults.push("the page is too wide");
    return faults;
  })()`);

test('nothing moves at any width while searching, when the list becomes complete, and when the service is lost', async (t) => {
  const service = await startCli(t, {
    ...FAST,
    HEARTBEAT_SECONDS: '10',
    ONLINE_WINDOW_SECONDS: '30',
    SITE_NAME: 'Name '.repeat(12),
  });
  const timer = setInterval(() => void hit(service.url, { uid: 'ada' }).catch(() => {}), 500);
  t.teardown(() => clearInterval(timer));
  const openAt = async (viewport: { width: number; height: number }) => {
    const { page } = await openPage(t, service.url, { viewport });
    await page.waitForSelector('.visitor');
    await page.waitForSelector('#collecting:not([hidden])');
    return page;
  };
  const pages = await Promise.all(VIEWPORTS.map(openAt));
  const before = await Promise.all(pages.map(positions));
  const nothingMoved = async (state: string) => {
    for (const [index, page] of pages.entries()) {
      const { width } = VIEWPORTS[index]!;
      t.deepEqual(await positions(page), before[index], `${state} at ${width}`);
      t.deepEqual(await headerFaults(page), [], `${state} at ${width}`);
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
  for (const page of pages) await untilText(page, '#connection', /^Reconnecting, last/);
  await nothingMoved('reconnecting');
  const unhide = 'document.getElementById("sign-out").hidden = document.getElementById("collecting").hidden = false';
  for (const page of pages) await page.evaluate(unhide);
  await nothingMoved('reconnecting while collecting and signed in');
});

test('on an empty site the line to paste and the visitor button are in view without scrolling', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page } = await openPage(t, url, { viewport: { width: 1280, height: 800 } });
  await page.waitForSelector('#set-up:not([hidden])');
  for (const id of ['copy', 'be-visitor']) {
    const box = (await page.locator(`#${id}`).boundingBox())!;
    t.true(box.y + box.height <= 800, `#${id} ends at ${box.y + box.height}`);
  }
});

test('a headline of six digits fits every width, and a wide window is used', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page } = await openPage(t);
  const totals = { online_total: 100_000, active_total: 99_999, idle_total: 1 };
  // Newer than the snapshot, however slowly the page loads.
  const json = () => ({ ts: Math.floor(Date.now() / 1000) + 5, ...totals });
  await page.route(/\/v1\/totals/, (route) => route.fulfill({ json: json() }));
  await page.goto(url);
  await untilText(page, '#online', '100,000');
  for (const viewport of VIEWPORTS) {
    await page.setViewportSize(viewport);
    await untilDrawn(page);
    const at = `at ${viewport.width}`;
    t.true(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), at);
    const spare = `(() => {
      const end = (selector) => document.querySelector(selector).getBoundingClientRect().right;
      return end("#share") - end(".headline .label");
    })()`;
    t.true((await page.evaluate<number>(spare)) >= 0, `the label is beside the number ${at}`);
    t.true(
      await page.evaluate('document.querySelector("#share .idle").clientWidth >= 4'),
      `one idle visitor is seen ${at}`,
    );
  }
  await page.setViewportSize({ width: 1920, height: 1080 });
  const box = async (selector: string) => (await page.locator(selector).boundingBox())!;
  const [counts, chart] = [await box('#counts'), await box('.chart-panel')];
  t.true(chart.x > counts.x + counts.width && chart.y === counts.y, 'the chart is beside the headline');
  t.true(chart.x + chart.width - counts.x > 1600);
});

test('a name whose letters run from right to left stands where the others stand', async (t) => {
  const { url } = await startCli(t, FAST);
  for (const name of ['Ada', 'ليلى حداد', 'דנה לוי']) await hit(url, { uid: name, info: { name } });
  const { page } = await openPage(t, url);
  await until(async () => (await page.locator('.visitor .name').count()) === 3);
  const lefts = await page.evaluate(`[...document.querySelectorAll('.visitor .name')].map((each) => {
    const range = document.createRange();
    range.selectNodeContents(each);
    return Math.round(range.getBoundingClientRect().left);
  })`);
  t.is(new Set(lefts as number[]).size, 1, String(lefts));
});
