import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { HistoryAnswer } from '../../src/protocol/messages.js';
import { type CliService, startCli } from '../support/cli.js';
import { hit, send } from '../support/client.js';
import { Crowd } from '../support/crowd.js';
import { startFront } from '../support/front.js';
import { until } from '../support/until.js';

const HEARTBEAT_MS = 3000;
const WINDOW_MS = 2 * HEARTBEAT_MS;
const SETTINGS = {
  HEARTBEAT_SECONDS: '3',
  ONLINE_WINDOW_SECONDS: '6',
  LEAVE_SETTLE_SECONDS: '0.5',
  TICK_INTERVAL_SECONDS: '0.25',
};
const NEWCOMER_MS = 1500;
const VISITORS = 40;

const lineOf = ({ logLines }: CliService, start: RegExp) =>
  logLines.filter(({ message }) => start.test(String(message)));
const TOOK_OVER = /^Took over the visitors/;

test('a deployment is seen by nobody: whoever sends heartbeats is in every event of every watcher', async (t) => {
  t.timeout(120_000);
  const front = await startFront(t);
  const environment = { ...SETTINGS, PEER_URL: front.url };
  const old = await startCli(t, SETTINGS);
  front.target = old.url;
  const crowd = new Crowd({
    url: front.url,
    heartbeatMs: HEARTBEAT_MS,
    newcomerMs: NEWCOMER_MS,
    leaverMs: WINDOW_MS + NEWCOMER_MS,
  });
  t.teardown(() => crowd.stop());
  for (let count = 0; count < VISITORS; count++) {
    await crowd.enter(`visitor-${count}`);
    await delay(HEARTBEAT_MS / VISITORS);
  }
  for (const path of ['/sse/online', '/sse/changes'] as const) {
    for (let count = 0; count < 5; count++) await crowd.watch(path);
  }
  const next = await startCli(t, environment);
  t.like(lineOf(next, TOOK_OVER)[0], { severity: 'INFO', visitors: VISITORS });

  // Between the handover and the switch, and just after it.
  for (let count = 0; count < 4; count++) await crowd.enter(`before-${count}`);
  await crowd.leave('visitor-0');
  await crowd.leave('before-0');
  const leaving = crowd.leave('visitor-1');
  front.target = next.url;
  const switchedMs = performance.now();
  await Promise.all([
    leaving,
    crowd.leave('visitor-2'),
    crowd.watch('/sse/online'),
    crowd.watch('/sse/changes'),
    ...[0, 1, 2, 3].map((count) => crowd.enter(`after-${count}`)),
  ]);

  await until(() => front.openRequests(old.url) === 0, 'the old process to have no request left');
  t.true(performance.now() - switchedMs < WINDOW_MS);
  old.process.kill('SIGTERM');
  t.is(await old.exited, 0, old.output());
  const events = crowd.events;
  await until(() => performance.now() - switchedMs > 3 * WINDOW_MS);
  t.true(crowd.events > events);
  t.deepEqual([...new Set(crowd.problems)], []);
  t.deepEqual(crowd.failures, []);
  t.is(crowd.reconnects, 10, 'each watcher of the old process has reconnected once');
  t.is(front.openRequests(next.url) >= 12, true, 'and is with the new one');
  const { online_total } = (await send(`${next.url}/v1/totals`)).json();
  t.is(online_total, VISITORS + 8 - 4);
});

test('the chart of the last hour goes on where the process before has left it', async (t) => {
  const old = await startCli(t);
  await hit(old.url, { uid: 'ada', room: 'hall' });
  const historyOf = async (url: string) => (await send(`${url}/v1/history?room=hall`)).json<HistoryAnswer>();
  await until(async () => (await historyOf(old.url)).ts.length > 0, 'the first sample');
  const next = await startCli(t, { PEER_URL: old.url });
  const { ts, since, online_total } = await historyOf(next.url);
  t.deepEqual(online_total, [1]);
  // Its own first sample comes ten seconds later.
  t.true(ts[0]! <= since);
});

test('where heartbeats stop for real, watchers reconnect once, and see who disappears', async (t) => {
  const front = await startFront(t);
  const service = await startCli(t, { ...SETTINGS, PEER_URL: front.url });
  front.target = service.url;
  const options = { url: front.url, heartbeatMs: 1e6, newcomerMs: 1e6, leaverMs: 1e6 };
  const crowd = new Crowd(options);
  t.teardown(() => crowd.stop());
  for (let count = 0; count < 10; count++) await hit(front.url, { uid: `visitor-${count}` });
  await crowd.watch('/sse/changes');
  await until(async () => (await send(`${service.url}/v1/totals`)).json().online_total === 0);
  await delay(WINDOW_MS);
  t.is(crowd.reconnects, 1);
  t.is(lineOf(service, /^Heartbeats have stopped/).length, 1);
});

test('an old process that is killed during the handover does not keep the new one from starting', async (t) => {
  const front = await startFront(t);
  const old = await startCli(t, SETTINGS);
  front.target = old.url;
  const info = { text: 'x'.repeat(900) };
  for (let count = 0; count < 2000; count += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => hit(old.url, { uid: `visitor-${count + index}`, info })),
    );
  }
  front.onPart = (path) => path.startsWith('/v1/handover') && old.process.kill('SIGKILL');
  const next = await startCli(t, { ...SETTINGS, PEER_URL: front.url });
  t.is(await old.exited, 'SIGKILL');
  t.is(lineOf(next, /^(Took over|Starts without)/).length, 1);
  front.target = next.url;
  t.is((await hit(front.url, { uid: 'ada' })).status, 200);
});

test('a process whose PEER_URL leads to itself starts after 2 s, as does the first one that is deployed', async (t) => {
  const front = await startFront(t);
  const reserved = createServer().listen(0, '127.0.0.1');
  await once(reserved, 'listening');
  const { port } = reserved.address() as AddressInfo;
  reserved.close();
  await once(reserved, 'close');
  // The front holds the request until the process listens.
  front.target = `http://127.0.0.1:${port}`;
  const service = await startCli(t, { ...SETTINGS, PORT: String(port), PEER_URL: front.url });
  t.is((await hit(front.url, { uid: 'ada' })).status, 200);
  const lines = () => lineOf(service, /visitors/);
  await until(() => lines().length > 0);
  t.like(lines()[0], { severity: 'INFO', reason: 'it took longer than 2 s' });

  const alone = await startCli(t, { ...SETTINGS, PEER_URL: 'http://127.0.0.1:1' });
  t.like(lineOf(alone, /visitors/)[0], { severity: 'INFO', visitors: 0 });
});
