import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { launchBrowser, openPage, servePages, browserTest as test } from '../support/browser.js';
import { type CliService, startCli } from '../support/cli.js';
import { send } from '../support/client.js';
import { until } from '../support/until.js';

const FAST = {
  CORS_ALLOW_ORIGIN: '*',
  METRICS: 'open',
  LEAVE_SETTLE_SECONDS: '0',
  ONLINE_WINDOW_SECONDS: '3600',
  TICK_INTERVAL_SECONDS: '0.1',
};

const visitor = async ({ url }: CliService, uid: string) =>
  (await send(`${url}/v1/visitors/${encodeURIComponent(uid)}`)).json() as { status: string; sessions: number };
const isOnline = async (service: CliService, uid: string) => (await visitor(service, uid)).status !== 'offline';
const tag = ({ url }: CliService, attributes: string) => `<script async src="${url}/client.js" ${attributes}></script>`;

/** Puts a script element into the page as scripts do. */
const insert = ({ url }: CliService, attributes: Record<string, string>) => `(() => {
  const tag = document.createElement('script');
  for (const [name, value] of Object.entries(${JSON.stringify(attributes)})) tag.setAttribute(name, value);
  tag.src = '${url}/client.js';
  return new Promise((resolve) => { tag.onload = resolve; document.head.append(tag); });
})()`;

async function openWith(t: ExecutionContext, html: string, headers: Record<string, string> = {}) {
  const site = await servePages(t, { '/': `<!doctype html><title>A site</title>${html}` }, headers);
  const { page, said } = await openPage(await launchBrowser(t));
  await page.goto(site);
  return { page, said };
}

test('a tag that a script makes, as a tag manager does, works like a pasted one', async (t) => {
  const service = await startCli(t, FAST);
  const { page, said } = await openWith(t, '');
  await page.evaluate(insert(service, { 'data-uid': 'ada' }));
  await until(() => isOnline(service, 'ada'));
  t.deepEqual(said, []);
});

test('a script that is run from a bare tag, as jQuery does, finds the pasted one', async (t) => {
  const service = await startCli(t, FAST);
  const { page, said } = await openWith(t, tag(service, 'data-uid="ada" type="text/plain"'));
  await page.evaluate(insert(service, {}));
  await until(() => isOnline(service, 'ada'));
  t.deepEqual(said, []);
});

test('a tag that was made a module works too', async (t) => {
  const service = await startCli(t, FAST);
  const { said } = await openWith(t, tag(service, 'type="module" data-uid="ada"'));
  await until(() => isOnline(service, 'ada'));
  t.deepEqual(said, []);
});

test('a line pasted twice makes one page of one visitor', async (t) => {
  const service = await startCli(t, FAST);
  const { page, said } = await openWith(t, tag(service, 'data-uid="ada"').repeat(2));
  await page.waitForLoadState('load');
  await until(() => isOnline(service, 'ada'));
  await delay(500);
  t.is((await visitor(service, 'ada')).sessions, 1);
  t.deepEqual(said, []);
});

test('a tag that is put in anew at each visit, as Turbo does, goes on as whoever the new one says', async (t) => {
  const service = await startCli(t, FAST);
  const { page } = await openWith(t, tag(service, 'data-uid="ada"'));
  await until(() => isOnline(service, 'ada'));
  await page.evaluate('window.old = document.querySelector("script"); old.remove()');
  await page.evaluate(insert(service, { 'data-uid': 'bob' }));
  await until(() => isOnline(service, 'bob'));
  await until(async () => !(await isOnline(service, 'ada')));
  await page.evaluate('old.dataset.uid = "eve"');
  await page.evaluate(insert(service, { 'data-uid': '' }));
  await until(async () => !(await isOnline(service, 'bob')));
  t.false(await isOnline(service, 'eve'));
});

test('two services on one page each hear of their own visitor', async (t) => {
  const [one, other] = [await startCli(t, FAST), await startCli(t, FAST)];
  await openWith(t, tag(one, 'data-uid="ada"') + tag(other, 'data-uid="bob"'));
  await until(() => isOnline(one, 'ada'));
  await until(() => isOnline(other, 'bob'));
  t.false(await isOnline(one, 'bob'));
  t.false(await isOnline(other, 'ada'));
});

test('a uid may hold whatever a name may', async (t) => {
  const service = await startCli(t, FAST);
  const { page } = await openWith(t, '');
  const uid = `a,b/c?d#e&f%2C "q" <i> שלום 👩‍💻`;
  await page.evaluate(insert(service, { 'data-uid': uid }));
  await until(() => isOnline(service, uid));
  t.pass();
});

for (const interval of ['-5', '0', 'soon', '1e-9x']) {
  test(`an interval of ${interval} is no reason to send heartbeats without end`, async (t) => {
    const service = await startCli(t, FAST);
    const { page } = await openWith(t, '');
    await page.evaluate(insert(service, { 'data-uid': 'ada', 'data-interval': interval }));
    await until(() => isOnline(service, 'ada'));
    await delay(2000);
    const { text } = await send(`${service.url}/metrics`);
    t.true(Number(/^presence_heartbeats_total\S* (\d+)$/m.exec(text)?.[1]) <= 2, text.match(/^presence_hits.*$/m)?.[0]);
  });
}

test('a page without workers, beacons and permissions still says hello and goodbye', async (t) => {
  const service = await startCli(t, FAST);
  const headers = { 'Permissions-Policy': 'unload=(), sync-xhr=(), geolocation=(), idle-detection=()' };
  const { page, said } = await openWith(t, '', headers);
  await page.evaluate('delete window.Worker; Navigator.prototype.sendBeacon = undefined');
  await page.evaluate(insert(service, { 'data-uid': 'ada' }));
  await until(() => isOnline(service, 'ada'));
  await page.goto('about:blank');
  await until(async () => !(await isOnline(service, 'ada')));
  t.deepEqual(
    said.filter((line) => line.startsWith('fault')),
    [],
  );
});

test('a page that the browser has loaded ahead of time says nothing until somebody comes to it', async (t) => {
  const service = await startCli(t, FAST);
  const site = await servePages(t, { '/': `<!doctype html>${tag(service, 'data-uid="ada"')}` });
  const { page } = await openPage(await launchBrowser(t));
  await page.addInitScript(`
    let isAhead = true;
    Object.defineProperty(document, 'prerendering', { get: () => isAhead });
    window.come = () => { isAhead = false; document.dispatchEvent(new Event('prerenderingchange')); };
  `);
  await page.goto(site);
  await delay(1000);
  t.false(await isOnline(service, 'ada'));
  await page.evaluate('come()');
  await until(() => isOnline(service, 'ada'));
});
