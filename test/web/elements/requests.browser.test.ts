import type { ExecutionContext } from 'ava';
import { openContext, openPageIn, servePages, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit } from '../../support/client.js';
import { problemsIn } from '../../support/dashboard.js';
import { elementsTag, membersOf, recordRequests, untilShown } from '../../support/elements.js';
import { until } from '../../support/until.js';
import { LASTING, tagOf } from '../../support/visitor-script.js';

const DOTS = 100;
const INTERVALS = 4;
const ELEMENTS = `
  <p>Now <presence-count one="{n} person here" other="{n} people here"></presence-count>, which is a lot.</p>
  <presence-avatars max="20"></presence-avatars>
  <p>${Array.from({ length: DOTS }, (_, index) => `<presence-status uid="v${index}"></presence-status> v${index}`).join(' ')}</p>`;

/** Records every shift of the layout that is not an answer to input. */
const RECORD_SHIFTS = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    shifts.push(...list.getEntries().map(({ value, sources }) => value + ' ' + sources.map(({ node }) => node?.textContent.slice(0, 20))));
  }).observe({ type: 'layout-shift', buffered: true });`;

/** The script is not async: elements have no size before they are defined. */
async function openFullPage(t: ExecutionContext, head: (service: { url: string }) => string) {
  const service = await startCli(t, { ...LASTING, HEARTBEAT_SECONDS: '2' });
  for (let index = 0; index < 30; index++) {
    await hit(service.url, {
      uid: `v${index}`,
      room: 'hall',
      idle_for: index < 20 ? 0 : 400,
      info: { name: `Name ${index}` },
    });
  }
  const site = await servePages(t, { '/': `<!doctype html><title>A site</title>${head(service)}${ELEMENTS}` });
  const { page, messages } = await openPageIn(await openContext(t));
  const requests = recordRequests(page, service);
  await page.addInitScript(RECORD_SHIFTS);
  const startMs = performance.now();
  await page.goto(site);
  return { service, page, messages, requests, startMs };
}

test('100 dots, a count and 20 avatars ride on the heartbeats of the visitor script: one request per interval', async (t) => {
  const { page, messages, requests, startMs } = await openFullPage(
    t,
    (service) =>
      `${tagOf(service as never, 'data-uid="me" data-room="hall"')}${elementsTag(service).replace('async', '')}`,
  );
  await untilShown(page, 'presence-count', '31 people here');
  await untilShown(page, 'presence-status[uid=v0]', 'active');
  await untilShown(page, 'presence-status[uid=v25]', 'idle');
  await untilShown(page, 'presence-status[uid=v99]', 'offline');
  const members = await membersOf(page, 'presence-avatars');
  t.deepEqual([members.length, members.at(-1)], [20, '+12']);
  const hits = () => requests.filter(({ path }) => path === 'POST /v1/hit');
  await until(() => hits().length >= 2 + INTERVALS, 'further heartbeats');
  const intervals = (performance.now() - startMs) / 2000;
  // The first ones may be sent before the elements are there, or all of them, on a busy machine.
  t.true(hits().length <= 3 + intervals, `${hits().length} heartbeats in ${intervals} intervals`);
  for (const { body } of hits().slice(3)) {
    const { view } = JSON.parse(body!);
    t.deepEqual([view.room, view.totals, view.members, view.uids.length], ['hall', true, 20, DOTS]);
  }
  t.deepEqual([...new Set(requests.map(({ path }) => path))].toSorted(), [
    'GET /client.js',
    'GET /elements.js',
    'POST /v1/hit',
  ]);
  t.deepEqual(await page.evaluate('shifts'), []);
  t.deepEqual(messages, []);
});

test('without a visitor script the same page sends one request per interval, and none while it is hidden', async (t) => {
  const { service, page, messages, requests, startMs } = await openFullPage(t, (each) =>
    elementsTag(each, 'data-interval="2"').replace('async', ''),
  );
  await untilShown(page, 'presence-count', '30 people here');
  await untilShown(page, 'presence-status[uid=v25]', 'idle');
  t.is((await membersOf(page, 'presence-avatars')).length, 20);
  const views = () => requests.filter(({ path }) => path === 'GET /v1/view').length;
  await until(() => views() >= 1 + INTERVALS, 'further requests');
  t.true(views() <= 2 + (performance.now() - startMs) / 2000);
  const setHidden = (isHidden: boolean) =>
    page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} });
      document.dispatchEvent(new Event('visibilitychange'));`);
  await setHidden(true);
  await hit(service.url, { uid: 'v99' });
  const before = views();
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 5000))');
  t.is(views(), before);
  await setHidden(false);
  await untilShown(page, 'presence-status[uid=v99]', 'active');
  t.deepEqual([...new Set(requests.map(({ path }) => path))].toSorted(), ['GET /elements.js', 'GET /v1/view']);
  t.deepEqual(await page.evaluate('shifts'), []);
  t.deepEqual(problemsIn(messages), []);
});
