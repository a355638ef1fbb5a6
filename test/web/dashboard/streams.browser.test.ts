import type { Page } from 'playwright-core';
import { openPage, servePages, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit, send } from '../../support/client.js';
import { FAST, text, untilRows, untilText } from '../../support/dashboard.js';
import { openHiddenTabs } from '../../support/hidden-tabs.js';
import { until } from '../../support/until.js';
import { tagOf, untilSeenFor } from '../../support/visitor-script.js';

const TABS = 8;

/** Records the ids of the streams, and each state that the page shows. */
const RECORD = `
  window.streams = [];
  window.EventSource = class extends EventSource {
    constructor(url) {
      super(url);
      this.addEventListener('stream', ({ data }) => streams.push(JSON.parse(data).stream));
    }
  };
  window.states = [];
  addEventListener('DOMContentLoaded', () => {
    const element = document.getElementById('connection');
    new MutationObserver(() => states.push(element.textContent)).observe(element, { childList: true });
  });
`;

/** Playwright keeps every page visible. */
const setHidden = (page: Page, isHidden: boolean) =>
  page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} });
    document.dispatchEvent(new Event('visibilitychange'));`);

const colorOf = (page: Page, selector: string) =>
  page.evaluate(`getComputedStyle(document.querySelector('${selector}')).color`);

async function openRecorded(t: Parameters<typeof openPage>[0]) {
  const { url } = await startCli(t, FAST);
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(t);
  const paths: string[] = [];
  const ended: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    paths.push(pathname);
    if (pathname === '/v1/unwatch') ended.push(JSON.parse(request.postData()!).stream);
  });
  await page.addInitScript(RECORD);
  await page.goto(url);
  await untilRows(page, 'ada');
  await untilText(page, '#connection', 'Live');
  return { url, page, ended, streams: () => paths.filter((path) => path.startsWith('/sse/')) };
}

test('with eight dashboards in tabs of one browser over HTTP/1.1 each one works, and so does a page with heartbeats', async (t) => {
  const service = await startCli(t, { ...FAST, CORS_ALLOW_ORIGIN: '*', METRICS: 'open' });
  const site = await servePages(t, {
    '/': `<!doctype html><title>A site</title>${tagOf(service, 'data-uid="ada" data-interval="0.5"')}`,
  });
  const dashboards = Array.from({ length: TABS }, () => service.url);
  const tabs = await openHiddenTabs(t, [...dashboards, site]);
  const openStreams = async () =>
    Number(/^presence_streams\{kind="changes"\} (\d+)$/m.exec((await send(`${service.url}/metrics`)).text)?.[1]);
  await untilSeenFor(service, 'ada', 1);
  for (const [index, tab] of tabs.slice(0, TABS).entries()) {
    await tab.show();
    const shows = `[document.getElementById('connection').textContent, document.getElementById('online').textContent,
      document.querySelector('.visitor .ago')?.textContent !== ''].join()`;
    await until(async () => (await tab.evaluate(shows)) === 'Live,1,true', `dashboard ${index + 1} and its look-ups`);
    // That of the tab before may end a moment later.
    t.true((await openStreams()) <= 2);
  }
  await untilSeenFor(service, 'ada', 1);
});

test('a dashboard opens one stream, which it ends while it is hidden, and catches up when it is shown', async (t) => {
  const { url, page, ended, streams } = await openRecorded(t);
  t.deepEqual(streams(), ['/sse/changes']);
  await setHidden(page, true);
  await until(() => ended.length === 1, 'the end of the stream');
  t.deepEqual(ended, await page.evaluate('streams'));
  await hit(url, { uid: 'bob' });
  await setHidden(page, false);
  await untilRows(page, 'ada', 'bob');
  await untilText(page, '#online', '2');
  t.deepEqual(streams(), ['/sse/changes', '/sse/changes']);
  t.deepEqual(await page.evaluate('states'), ['Live', 'Paused', 'Connecting', 'Live']);
});

test('the counts that a tab showed before it was hidden are faded until it has newer ones', async (t) => {
  const { page } = await openRecorded(t);
  const muted = await colorOf(page, '.headline .label');
  t.not(await colorOf(page, '#active'), muted);
  await setHidden(page, true);
  let answer = () => {};
  const isAnswered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(/\/sse\/changes/, async (route) => {
    await isAnswered;
    await route.continue();
  });
  await setHidden(page, false);
  await until(async () => (await colorOf(page, '#active')) === muted, 'faded counts');
  t.is(await text(page, '#connection'), 'Connecting');
  answer();
  await until(async () => (await colorOf(page, '#active')) !== muted, 'counts');
  t.is(await text(page, '#connection'), 'Live');
});

test('a dashboard that is left ends its stream', async (t) => {
  const { url, page } = await openRecorded(t);
  const [stream] = (await page.evaluate('streams')) as string[];
  // Playwright does not report requests of a page that is gone.
  await page.evaluate(`navigator.sendBeacon = (path, body) => {
    localStorage.setItem('sent', path + ' ' + body);
    return true;
  }`);
  await page.goto(`${url}/health`);
  t.is(await page.evaluate("localStorage.getItem('sent')"), `/v1/unwatch {"stream":"${stream}"}`);
});
