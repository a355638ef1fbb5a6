import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { LaunchOptions, Page } from 'playwright-core';
import { launchBrowser, openPage, servePages, browserTest as test } from '../support/browser.js';
import { type CliService, startCli } from '../support/cli.js';
import { send } from '../support/client.js';
import { until } from '../support/until.js';

/** Ten to sixty times as fast as by default; but many browsers on a busy machine may all stand still for seconds. */
const FAST = {
  CORS_ALLOW_ORIGIN: '*',
  HEARTBEAT_SECONDS: '0.5',
  ONLINE_WINDOW_SECONDS: '6',
  LEAVE_SETTLE_SECONDS: '0.4',
  TICK_INTERVAL_SECONDS: '0.1',
};
/** Whoever has not been heard for so long is offline. */
const OVER_WINDOW_MS = 7000;

const visitor = async ({ url }: CliService, uid: string) =>
  (await send(`${url}/v1/visitors/${uid}`)).json() as {
    status: string;
    sessions: number;
    rooms: string[];
    info: unknown;
  };

const tag = ({ url }: CliService, attributes: string) =>
  `<!doctype html><title>A site</title><script async src="${url}/client.js" data-interval="0.5" ${attributes}></script><p>Hello`;

const isOnline = async (service: CliService, uid: string) => (await visitor(service, uid)).status !== 'offline';

async function open(
  t: ExecutionContext,
  attributes: string,
  environment: Record<string, string> = {},
  launch: LaunchOptions = {},
) {
  const service = await startCli(t, { ...FAST, ...environment });
  const site = await servePages(t, {
    '/': tag(service, attributes),
    '/other': '<!doctype html><title>Other</title>Other',
  });
  const browser = await launchBrowser(t, launch);
  const { page, said } = await openPage(browser);
  await page.goto(site);
  return { service, site, browser, page, said };
}

test('the pasted line on a page of another origin makes a visitor appear, with room and info, and leave with the page', async (t) => {
  const info = '{&quot;name&quot;:&quot;Ada&quot;}';
  const { service, page, said } = await open(t, `data-uid="ada" data-room="hall" data-info="${info}"`);
  await until(() => isOnline(service, 'ada'));
  const { sessions, rooms, info: shown } = await visitor(service, 'ada');
  t.deepEqual({ sessions, rooms, shown }, { sessions: 1, rooms: ['hall'], shown: { name: 'Ada' } });
  await delay(OVER_WINDOW_MS);
  t.true(await isOnline(service, 'ada'), 'it goes on beating');
  await page.close();
  await until(async () => !(await isOnline(service, 'ada')));
  t.deepEqual(said, []);
});

test('a person who touches nothing is idle after the window, and active again with a touch', async (t) => {
  const { service, page } = await open(t, 'data-uid="ada"', { ACTIVE_WINDOW_SECONDS: '10' });
  await until(async () => (await visitor(service, 'ada')).status === 'active');
  await until(async () => (await visitor(service, 'ada')).status === 'idle');
  let x = 50;
  await until(async () => {
    // Once would do, but for a browser that is too busy to pass it on.
    await page.mouse.move(x++ % 500, 50);
    return (await visitor(service, 'ada')).status === 'active';
  });
  t.pass();
});

test('of two tabs the closing of one keeps the visitor, the closing of both does not', async (t) => {
  const { service, site, page } = await open(t, 'data-uid="ada"');
  const second = await page.context().newPage();
  await second.goto(site);
  await until(async () => (await visitor(service, 'ada')).sessions === 2);
  await page.close();
  await until(async () => (await visitor(service, 'ada')).sessions === 1);
  await delay(1000);
  t.true(await isOnline(service, 'ada'));
  await second.close();
  await until(async () => !(await isOnline(service, 'ada')));
});

for (const cache of ['with', 'without'] as const) {
  test(`a page that the back button brings back is there again, ${cache} the back/forward cache`, async (t) => {
    // Playwright turns the cache off.
    const options = cache === 'with' ? { ignoreDefaultArgs: ['--disable-back-forward-cache'] } : {};
    const { service, site, page } = await open(t, 'data-uid="ada"', {}, options);
    await until(() => isOnline(service, 'ada'));
    await page.evaluate("addEventListener('pageshow', (event) => { window.isFromCache = event.persisted; })");
    await page.goto(`${site}/other`);
    await until(async () => !(await isOnline(service, 'ada')));
    await delay(2500);
    await page.evaluate('history.back()');
    await until(async () => (await visitor(service, 'ada')).status === 'active');
    t.is(await page.evaluate('window.isFromCache'), cache === 'with' ? true : undefined);
    await delay(OVER_WINDOW_MS);
    t.true(await isOnline(service, 'ada'), 'it goes on beating');
  });
}

test('a page that sets or changes its uid and room later is followed', async (t) => {
  const { service, page } = await open(t, '');
  const set = (name: string, value: string) =>
    page.evaluate(`document.querySelector('script').setAttribute(${JSON.stringify(name)}, ${JSON.stringify(value)})`);
  await set('data-uid', 'ada');
  await until(() => isOnline(service, 'ada'));
  await set('data-room', 'hall');
  await until(async () => (await visitor(service, 'ada')).rooms.join() === 'hall');
  await set('data-room', 'attic');
  await until(async () => (await visitor(service, 'ada')).rooms.join() === 'attic');
  await set('data-uid', 'bob');
  await until(() => isOnline(service, 'bob'));
  await until(async () => !(await isOnline(service, 'ada')));
  await set('data-uid', '');
  await until(async () => !(await isOnline(service, 'bob')));
  t.pass();
});

test('the module starts, updates and stops by hand', async (t) => {
  const service = await startCli(t, FAST);
  const script = `
    import { start } from '${service.url}/client.mjs';
    window.handle = start({ uid: 'ada', intervalSeconds: 0.5 });
  `;
  const site = await servePages(t, {
    '/': `<!doctype html><title>App</title><script type="module">${script}</script>`,
  });
  const { page, said } = await openPage(await launchBrowser(t));
  await page.goto(site);
  await until(() => isOnline(service, 'ada'));
  await page.evaluate('handle.update({ room: "hall" })');
  await until(async () => (await visitor(service, 'ada')).rooms.join() === 'hall');
  await page.evaluate('handle.stop()');
  await until(async () => !(await isOnline(service, 'ada')));
  await delay(1000);
  t.false(await isOnline(service, 'ada'));
  t.deepEqual(said, []);
});

test('a mistake of the page is told in its console, and is no fault of the page', async (t) => {
  const service = await startCli(t, FAST);
  const script = `
    import { start } from '${service.url}/client.mjs';
    const circle = {};
    circle.circle = circle;
    start({ uid: 'eve', info: circle }).stop();
    start().stop();
    start({ uid: 'eve', service: 'no address' }).stop();
    navigator.sendBeacon = () => { throw new TypeError('forbidden'); };
    const handle = start({ uid: 'ada', intervalSeconds: 0.5 });
    handle.update({ info: circle });
    handle.update();
    window.handle = handle;
  `;
  const site = await servePages(t, {
    '/': `<!doctype html><title>App</title><script type="module">${script}</script>`,
  });
  const { page, said } = await openPage(await launchBrowser(t));
  await page.goto(site);
  await until(() => isOnline(service, 'ada'));
  await page.evaluate('handle.stop()');
  await until(async () => !(await isOnline(service, 'ada')));
  t.deepEqual(
    said.map((line) => line.slice(0, 40)).filter((line) => !line.startsWith('warning: Presence could not do that')),
    [],
  );
  t.is(said.length, 5);
  t.false(await isOnline(service, 'eve'));
});

test('a page recovers from a restart of the service by itself', async (t) => {
  const { service, page } = await open(t, 'data-uid="ada"');
  await until(() => isOnline(service, 'ada'));
  service.process.kill('SIGKILL');
  await service.exited;
  await delay(1500);
  const next = await startCli(t, { ...FAST, PORT: String(service.port) });
  await until(() => isOnline(next, 'ada'));
  t.false(page.isClosed());
});

test('what the service refuses for good stops the script with one clear message, and asks no more', async (t) => {
  const { service, page, said } = await open(t, 'data-uid="ada"', {
    HIT_SECRET: 'a-secret-of-at-least-thirty-two-characters',
    METRICS: 'open',
  });
  await until(() => said.some((line) => line.startsWith('warning: Presence stopped')));
  await delay(1500);
  const warnings = said.filter((line) => line.startsWith('warning:'));
  t.is(warnings.length, 1);
  t.regex(warnings[0]!, /answered 401\. Send a token/);
  t.regex((await send(`${service.url}/metrics`)).text, /^presence_rejections_total\{code="token_missing"\} 1$/m);
  t.is(await page.title(), 'A site');
});

test('under a strict policy of the page it still beats, by the timer of the page', async (t) => {
  const service = await startCli(t, FAST);
  const policy = `default-src 'none'; script-src ${service.url}; connect-src ${service.url}`;
  const site = await servePages(t, { '/': tag(service, 'data-uid="ada"') }, { 'Content-Security-Policy': policy });
  const { page, said } = await openPage(await launchBrowser(t));
  await page.goto(site);
  await until(() => isOnline(service, 'ada'));
  await delay(OVER_WINDOW_MS);
  t.true(await isOnline(service, 'ada'));
  t.deepEqual(
    said.filter((line) => line.startsWith('fault')),
    [],
  );
});

test('a page whose origin is not allowed gets a hint, and no fault', async (t) => {
  const { said, service } = await open(t, 'data-uid="ada"', { CORS_ALLOW_ORIGIN: 'https://elsewhere.example' });
  await until(() => said.some((line) => /warning: Presence cannot reach the service.*CORS_ALLOW_ORIGIN/.test(line)));
  t.false(await isOnline(service, 'ada'));
  t.deepEqual(
    said.filter((line) => line.startsWith('fault')),
    [],
  );
});

test('beats need no preflight request', async (t) => {
  const { service, page } = await open(t, 'data-uid="ada"');
  const session = await page.context().newCDPSession(page as Page);
  await session.send('Network.enable');
  const kinds: string[] = [];
  session.on('Network.requestWillBeSent', ({ request, type }) => kinds.push(`${request.method} ${type}`));
  await until(() => kinds.length >= 3);
  t.true(
    kinds.every((kind) => kind === 'POST Fetch'),
    kinds.join(),
  );
  t.true(await isOnline(service, 'ada'));
});
