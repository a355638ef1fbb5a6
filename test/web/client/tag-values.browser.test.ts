import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { SECRET, sign } from '../../support/tokens.js';
import { until } from '../../support/until.js';
import {
  insertTag,
  LASTING,
  openSite,
  openWithTag,
  tagOf,
  untilOnline,
  visitorOf,
} from '../../support/visitor-script.js';

test('data-name and data-avatar need no JSON, and win over data-info', async (t) => {
  const service = await startCli(t, LASTING);
  const { page, messages } = await openSite(t, '');
  const avatar = 'https://site.example/a.png?x="1"';
  await insertTag(page, service, {
    'data-uid': 'ada',
    'data-name': `O'Brien "Ada"`,
    'data-avatar': avatar,
    'data-info': '{"name":"Eve","team":"red"}',
  });
  await untilOnline(service, 'ada');
  t.deepEqual((await visitorOf(service, 'ada')).info, { name: `O'Brien "Ada"`, team: 'red', avatar });
  await page.evaluate(`document.querySelector('script').dataset.name = 'Ada'`);
  await until(async () => (await visitorOf(service, 'ada')).info?.name === 'Ada');
  t.deepEqual(messages, []);
});

test('data-invisible hides the visitor, and a later value shows it again', async (t) => {
  const service = await startCli(t, LASTING);
  const { page } = await openSite(t, tagOf(service, 'data-uid="ada" data-invisible="yes"'));
  const set = (value: string) => page.evaluate(`document.querySelector('script').dataset.invisible = '${value}'`);
  const untilStatus = (status: string) =>
    until(async () => (await visitorOf(service, 'ada')).status === status, `the status ${status}`);
  await page.waitForResponse(/\/v1\/hit/);
  t.is((await visitorOf(service, 'ada')).status, 'offline');
  await set('no');
  await untilStatus('active');
  await set('');
  await untilStatus('offline');
  await set('false');
  await untilStatus('active');
  t.pass();
});

test('a name counts even where data-info is broken', async (t) => {
  const service = await startCli(t, LASTING);
  await openSite(t, tagOf(service, `data-uid="ada" data-name="O'Brien" data-info='{"name":"O'Brien"}'`));
  await untilOnline(service, 'ada');
  t.deepEqual((await visitorOf(service, 'ada')).info, { name: "O'Brien" });
});

for (const support of ['with', 'without'] as const) {
  test(`with data-room="path" the room follows the path of the page, ${support} the Navigation API`, async (t) => {
    const service = await startCli(t, LASTING);
    const { page, messages } = await openSite(t, '');
    if (support === 'without') await page.evaluate('delete window.navigation');
    t.is(await page.evaluate('typeof window.navigation'), support === 'with' ? 'object' : 'undefined');
    await insertTag(page, service, { 'data-uid': 'ada', 'data-room': 'path' });
    const untilIn = (room: string) =>
      until(async () => (await visitorOf(service, 'ada')).rooms.join() === room, `ada to be in ${room}`);
    await untilIn('/');
    await page.evaluate("history.pushState(null, '', '/products/7?color=red#top')");
    await untilIn('/products/7');
    await page.evaluate("history.replaceState({ is: 'kept' }, '', '/products/8')");
    await untilIn('/products/8');
    t.deepEqual(await page.evaluate('history.state'), { is: 'kept' });
    await page.evaluate('history.back()');
    await untilIn('/');
    if (support === 'with') {
      await page.evaluate(`navigation.addEventListener('navigate', (event) => event.intercept({ async handler() {} }));
        navigation.navigate('/cart')`);
      await untilIn('/cart');
    }
    await page.evaluate("history.pushState(null, '', '/' + 'x'.repeat(300))");
    await untilIn(`/${'x'.repeat(255)}`);
    t.deepEqual(messages, []);
  });
}

test('a page whose address changes without its path sends no heartbeat for it', async (t) => {
  const service = await startCli(t, LASTING);
  const { page } = await openSite(t, tagOf(service, 'data-uid="ada" data-room="path"'));
  await untilOnline(service, 'ada');
  let requests = 0;
  page.on('request', () => requests++);
  await page.evaluate("for (let i = 0; i < 20; i++) history.replaceState(i, '', '?at=' + i)");
  await page.evaluate("history.pushState(null, '', '/other')");
  await until(async () => (await visitorOf(service, 'ada')).rooms.join() === '/other');
  // The service may answer before the browser has reported the request.
  await until(() => requests >= 2, 'both requests');
  t.is(requests, 2, 'the leave of the one room and the heartbeat in the other');
});

test('with data-token-url tokens come from the backend of the site, at the start and when the service refuses one', async (t) => {
  const tokens = [await sign({ sub: 'ada', exp: 1 }), JSON.stringify({ token: await sign({ sub: 'ada' }) })];
  let requests = 0;
  const backend = createServer((request, response) => {
    requests++;
    const headers = {
      'Access-Control-Allow-Origin': request.headers.origin,
      'Access-Control-Allow-Credentials': 'true',
    };
    if (requests === 1) response.writeHead(503, headers).end();
    else response.writeHead(200, headers).end(tokens.shift());
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    backend.closeAllConnections();
    backend.close();
  });
  const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/token`;
  const { service, messages } = await openWithTag(t, `data-uid="ada" data-token-url="${url}"`, { HIT_SECRET: SECRET });
  await untilOnline(service, 'ada');
  t.is(requests, 3);
  t.deepEqual(
    messages.filter((line) => !line.startsWith('error: Failed to load resource')),
    [],
  );
});
