import test, { type ExecutionContext } from 'ava';
import type { ChangeEvent, OnlineEvent } from '../../src/protocol/messages.js';
import { hit, openStream, send } from '../support/client.js';
import { MemoryLog } from '../support/memory-log.js';
import { startService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

const HEARTBEAT_MS = 30_000;
const GAP_MS = 90_000;

async function online({ url }: { url: string }): Promise<string[]> {
  const { active_uids: active, idle_uids: idle } = (await send(`${url}/v1/online`)).json<OnlineEvent>();
  return [...active, ...idle].sort();
}

const leave = ({ url }: TestService, uid: string) => send(`${url}/v1/leave`, { body: JSON.stringify({ uid }) });

/** Eve was last seen 50 s before a gap, Bob and Ada 20 s before. */
async function startWithVisitors(t: ExecutionContext): Promise<TestService> {
  const service = await startService(t);
  await hit(service.url, { uid: 'eve' });
  service.time.pass(HEARTBEAT_MS);
  for (const uid of ['ada', 'bob']) await hit(service.url, { uid, room: 'hall', session: 's1' });
  service.time.pass(20_000);
  return service;
}

test('after a gap, the first answer still has everybody, and heartbeats that have waited count', async (t) => {
  const service = await startWithVisitors(t);
  const { url, time, logged } = service;
  const stream = await openStream(t, `${url}/sse/changes`);
  await stream.next();
  time.stop(GAP_MS);
  // Before the tick, as a request may be handled first.
  t.deepEqual(await online(service), ['ada', 'bob', 'eve']);
  t.is(logged.length, 1);
  time.pass(1000);
  await hit(url, { uid: 'ada', room: 'hall', session: 's1' });
  time.pass(9001);
  t.deepEqual(await online(service), ['ada', 'bob'], 'Eve had ten seconds left');
  time.pass(HEARTBEAT_MS - 10_002);
  t.deepEqual(await online(service), ['ada', 'bob']);
  time.pass(1);
  t.deepEqual(await online(service), ['ada'], 'one heartbeat interval after the gap');
  time.pass(2000);
  t.deepEqual((await stream.next<ChangeEvent>()).left, ['eve']);
  t.deepEqual((await stream.next<ChangeEvent>()).left, ['bob']);
  t.is(logged.length, 1);
});

test('a visitor who left just before a gap, or whose leave has waited, does not come back', async (t) => {
  const service = await startWithVisitors(t);
  await leave(service, 'ada');
  service.time.stop(GAP_MS);
  await leave(service, 'bob');
  t.deepEqual(await online(service), ['ada', 'bob', 'eve']);
  service.time.pass(3001);
  t.deepEqual(await online(service), ['eve']);
});

test('a visitor whose time ran out just before a gap stays offline', async (t) => {
  const service = await startWithVisitors(t);
  service.time.pass(11_000);
  t.deepEqual(await online(service), ['ada', 'bob']);
  service.time.stop(GAP_MS);
  t.deepEqual(await online(service), ['ada', 'bob']);
});

test('a process that stops again and again keeps a silent visitor for no more running time than an online window', async (t) => {
  const service = await startService(t);
  await hit(service.url, { uid: 'ada' });
  let runningMs = 0;
  while ((await online(service)).length > 0) {
    service.time.stop(60_000);
    service.time.pass(5000);
    runningMs += 5000;
  }
  t.true(runningMs <= 65_000, `${runningMs} ms`);
});

test('a pause shorter than a missed heartbeat changes no time at which a visitor goes offline', async (t) => {
  const service = await startWithVisitors(t);
  service.time.stop(15_000);
  t.deepEqual(await online(service), ['ada', 'bob']);
  t.deepEqual(service.logged, []);
});

test('an instance that shares presence keeps visitors over a gap too, whatever happens to the log', async (t) => {
  const log = new MemoryLog(() => 5_000_000);
  const service = await startService(t, {}, () => 0.5, log.open);
  const { url, time } = service;
  await service.service.start();
  await hit(url, { uid: 'ada' });
  await hit(url, { uid: 'bob' });
  time.pass(20_000);
  time.stop(GAP_MS);
  log.isCutting = true;
  for (let round = 0; round < 20; round++) {
    time.pass(500);
    t.deepEqual(await online(service), ['ada', 'bob']);
    log.isCutting = false;
  }
  await hit(url, { uid: 'ada' });
  // The timelines are looked at every five seconds.
  time.pass(HEARTBEAT_MS - 10_000 + 6000);
  await until(async () => {
    time.pass(100);
    return (await online(service)).join() === 'ada';
  });
  t.pass();
});
