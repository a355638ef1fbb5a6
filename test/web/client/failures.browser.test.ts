import { browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { send } from '../../support/client.js';
import { SECRET, sign } from '../../support/tokens.js';
import { until } from '../../support/until.js';
import {
  EXPIRING,
  insertTag,
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
} from '../../support/visitor-script.js';

const uncaughtIn = (messages: readonly string[]) => messages.filter((line) => line.startsWith('uncaught'));

test('heartbeats continue after a restart of the service', async (t) => {
  const { service, page } = await openWithTag(t, 'data-uid="ada"');
  await untilOnline(service, 'ada');
  let failures = 0;
  page.on('requestfailed', () => failures++);
  service.process.kill('SIGKILL');
  await service.exited;
  await until(() => failures >= 2, 'failed heartbeats');
  const next = await startCli(t, { ...EXPIRING, PORT: String(service.port) });
  await untilOnline(next, 'ada');
  t.false(page.isClosed());
});

test('a refusal by the service gives one clear warning, and no more requests', async (t) => {
  const { service, page, messages } = await openWithTag(t, 'data-uid="ada"', { HIT_SECRET: SECRET, METRICS: 'open' });
  await until(() => messages.some((line) => line.startsWith('warning: Presence stopped')));
  await untilOtherBeats(page, service, { token: await sign({ sub: 'other' }) });
  const warnings = messages.filter((line) => line.startsWith('warning:'));
  t.is(warnings.length, 1);
  t.regex(warnings[0]!, /answered 401\. Send a token/);
  t.regex((await send(`${service.url}/metrics`)).text, /^presence_rejections_total\{code="token_missing"\} 1$/m);
  t.is(await page.title(), 'A site');
});

test('a page whose origin is not allowed gets a hint in the console, and no uncaught error', async (t) => {
  const { messages, service } = await openWithTag(t, 'data-uid="ada"', {
    CORS_ALLOW_ORIGIN: 'https://elsewhere.example',
  });
  await until(() =>
    messages.some((line) => /warning: Presence cannot reach the service.*CORS_ALLOW_ORIGIN/.test(line)),
  );
  t.false(await isOnline(service, 'ada'));
  t.deepEqual(uncaughtIn(messages), []);
});

test('where a Content-Security-Policy forbids the worker, the timer of the page sends the heartbeats', async (t) => {
  const service = await startCli(t, EXPIRING);
  const policy = `default-src 'none'; script-src ${service.url}; connect-src ${service.url}`;
  const { messages } = await openSite(t, tagOf(service, 'data-uid="ada" data-interval="0.5"'), {
    'Content-Security-Policy': policy,
  });
  await untilOnline(service, 'ada');
  await untilSeenFor(service, 'ada', ONLINE_WINDOW_SECONDS);
  t.true(await isOnline(service, 'ada'));
  t.deepEqual(uncaughtIn(messages), []);
});

test('without workers, beacons and permissions a page still sends heartbeats and a leave', async (t) => {
  const service = await startCli(t, LASTING);
  const headers = { 'Permissions-Policy': 'unload=(), sync-xhr=(), geolocation=(), idle-detection=()' };
  const { page, messages } = await openSite(t, '', headers);
  await page.evaluate('delete window.Worker; Navigator.prototype.sendBeacon = undefined');
  await insertTag(page, service, { 'data-uid': 'ada' });
  await untilOnline(service, 'ada');
  await page.goto('about:blank');
  await untilOffline(service, 'ada');
  t.deepEqual(uncaughtIn(messages), []);
});

test('heartbeats need no preflight request', async (t) => {
  const { service, page } = await openWithTag(t, 'data-uid="ada"');
  const session = await page.context().newCDPSession(page);
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
