import { openContext, openPageIn, servePages, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit, send } from '../../support/client.js';
import { until } from '../../support/until.js';
import {
  EXPIRING,
  isOnline,
  LASTING,
  ONLINE_WINDOW_SECONDS,
  openSite,
  openWithTag,
  tagOf,
  untilOffline,
  untilOnline,
  untilOtherBeats,
  untilSeenFor,
  visitorOf,
} from '../../support/visitor-script.js';

test('the pasted line on a page of another origin keeps a visitor online, with room and info, until the page closes', async (t) => {
  const info = '{&quot;name&quot;:&quot;Ada&quot;}';
  const { service, page, messages } = await openWithTag(t, `data-uid="ada" data-room="hall" data-info="${info}"`);
  await untilOnline(service, 'ada');
  const { sessions, rooms, info: shown } = await visitorOf(service, 'ada');
  t.deepEqual({ sessions, rooms, shown }, { sessions: 1, rooms: ['hall'], shown: { name: 'Ada' } });
  await untilSeenFor(service, 'ada', ONLINE_WINDOW_SECONDS);
  t.true(await isOnline(service, 'ada'), 'it continues to send heartbeats');
  await page.close();
  await untilOffline(service, 'ada');
  t.deepEqual(messages, []);
});

test('a page sends one heartbeat when it is loaded, and one when it returns from the back/forward cache', async (t) => {
  const [service, other] = [await startCli(t, LASTING), await startCli(t, LASTING)];
  const site = await servePages(t, {
    '/': `<!doctype html><title>A site</title>${tagOf(service, 'data-uid="ada"')}`,
    '/other': '<!doctype html><title>Other</title>Other',
  });
  const launchOptions = { ignoreDefaultArgs: ['--disable-back-forward-cache'] };
  const { page } = await openPageIn(await openContext(t, {}, launchOptions));
  const heartbeats = async () =>
    Number(/^presence_heartbeats_total\S* (\d+)$/m.exec((await send(`${service.url}/metrics`)).text)?.[1]);
  await page.goto(site);
  await untilOnline(service, 'ada');
  await untilOtherBeats(page, other);
  t.is(await heartbeats(), 1);
  await page.goto(`${site}/other`);
  await untilOffline(service, 'ada');
  await page.evaluate('history.back()');
  await untilOnline(service, 'ada');
  await untilSeenFor(other, 'other', 2);
  t.is(await heartbeats(), 2);
});

test('a heartbeat interval of the service that is shorter than the default keeps the visitor online', async (t) => {
  const service = await startCli(t, { ...EXPIRING, HEARTBEAT_SECONDS: '2' });
  await openSite(t, tagOf(service, 'data-uid="ada"'));
  await untilOnline(service, 'ada');
  await untilSeenFor(service, 'ada', 2 * ONLINE_WINDOW_SECONDS);
  t.true(await isOnline(service, 'ada'));
});

test('where beacons are dropped a page that is closed leaves at once', async (t) => {
  const service = await startCli(t, LASTING);
  const { page } = await openSite(t, tagOf(service, 'data-uid="ada"'));
  // As content blockers do it.
  await page.evaluate('Navigator.prototype.sendBeacon = () => true');
  await untilOnline(service, 'ada');
  await page.goto('about:blank');
  await untilOffline(service, 'ada');
  t.pass();
});

test('a visitor without input turns idle after the window, and active again with input', async (t) => {
  const { service, page } = await openWithTag(t, 'data-uid="ada"', { ACTIVE_WINDOW_SECONDS: '10' });
  await until(async () => (await visitorOf(service, 'ada')).status === 'active');
  await until(async () => (await visitorOf(service, 'ada')).status === 'idle');
  let x = 50;
  await until(async () => {
    // Several moves, as a busy browser may drop one.
    await page.mouse.move(x++ % 500, 50);
    return (await visitorOf(service, 'ada')).status === 'active';
  });
  t.pass();
});

test('a visitor with two tabs stays online when one is closed, and goes offline when both are', async (t) => {
  // The next heartbeat comes after 30 seconds, so that it cannot hide a leave of the whole visitor.
  const service = await startCli(t, LASTING);
  const { page } = await openSite(t, tagOf(service, 'data-uid="ada"'));
  const second = await page.context().newPage();
  await second.goto(page.url());
  await until(async () => (await visitorOf(service, 'ada')).sessions === 2);
  await page.close();
  await until(async () => (await visitorOf(service, 'ada')).sessions !== 2);
  t.is((await visitorOf(service, 'ada')).sessions, 1);
  // A leave that is sent after that of the page takes effect after it.
  await hit(service.url, { uid: 'bob' });
  await send(`${service.url}/v1/leave`, { body: '{"uid":"bob"}' });
  await untilOffline(service, 'bob');
  t.true(await isOnline(service, 'ada'));
  await second.close();
  await untilOffline(service, 'ada');
});

for (const cache of ['with', 'without'] as const) {
  test(`a page is online again after the back button, ${cache} the back/forward cache`, async (t) => {
    // Playwright disables the cache.
    const launchOptions = cache === 'with' ? { ignoreDefaultArgs: ['--disable-back-forward-cache'] } : undefined;
    const { service, site, page } = await openWithTag(t, 'data-uid="ada"', {}, { launchOptions });
    await untilOnline(service, 'ada');
    await page.evaluate("addEventListener('pageshow', (event) => { window.isFromCache = event.persisted; })");
    await page.goto(`${site}/other`);
    await untilOffline(service, 'ada');
    await page.evaluate('history.back()');
    await until(async () => (await visitorOf(service, 'ada')).status === 'active');
    t.is(await page.evaluate('window.isFromCache'), cache === 'with' ? true : undefined);
    await untilSeenFor(service, 'ada', ONLINE_WINDOW_SECONDS);
    t.true(await isOnline(service, 'ada'), 'it continues to send heartbeats');
  });
}

test('a prerendered page sends nothing until the visitor opens it', async (t) => {
  const service = await startCli(t, LASTING);
  const site = await servePages(t, { '/': `<!doctype html>${tagOf(service, 'data-uid="ada"')}` });
  const { page } = await openPageIn(await openContext(t));
  await page.addInitScript(`
    let isPrerendering = true;
    Object.defineProperty(document, 'prerendering', { get: () => isPrerendering });
    window.reveal = () => { isPrerendering = false; document.dispatchEvent(new Event('prerenderingchange')); };
  `);
  await page.goto(site);
  await page.waitForLoadState('networkidle');
  t.false(await isOnline(service, 'ada'));
  await page.evaluate('reveal()');
  await untilOnline(service, 'ada');
});
