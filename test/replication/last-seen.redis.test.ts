import type { VisitorAnswer } from '../../src/protocol/messages.js';
import { createRedisLastSeen } from '../../src/replication/log/redis-last-seen.js';
import { type CliService, startCli } from '../support/cli.js';
import { hit, send } from '../support/client.js';
import { documentAt } from '../support/documents.js';
import { testWith } from '../support/needs.js';
import { hasRedis, startRedis } from '../support/redis.js';
import { SECRET } from '../support/tokens.js';
import { until } from '../support/until.js';

const test = testWith('Redis', hasRedis, 'Install the Debian package redis-server.');

const KEY = 'presence:last-seen';
const LEAVING = { LEAVE_SETTLE_SECONDS: '0', TICK_INTERVAL_SECONDS: '0.1' };
const headers = { authorization: `Bearer ${SECRET}` };

const lookUp = async ({ url }: CliService, uid: string) =>
  (await send(`${url}/v1/visitors/${uid}`, { headers })).json<VisitorAnswer>();

const leave = ({ url }: CliService, uid: string) => send(`${url}/v1/leave`, { body: JSON.stringify({ uid }) });

test('when visitors were last here survives a stop and a crash of the only instance', async (t) => {
  t.timeout(120_000);
  const { url: REDIS_URL, ask } = await startRedis(t);
  const environment = { ...LEAVING, REDIS_URL };
  const first = await startCli(t, environment);
  await hit(first.url, { uid: 'ada', idle_for: 100 });
  await hit(first.url, { uid: 'bob' });
  await leave(first, 'ada');
  await until(async () => (await lookUp(first, 'ada')).status === 'offline');
  const { last_seen: seen } = await lookUp(first, 'ada');
  first.process.kill('SIGTERM');
  await first.exited;
  // As after an outage that is longer than what the log holds.
  ask('DEL', 'presence');

  const second = await startCli(t, environment);
  const ada = await lookUp(second, 'ada');
  // Kept to the second; the two clocks of a process differ by a millisecond at times.
  t.true(Math.abs(ada.last_seen! - Math.floor(seen!)) < 0.01);
  t.true(Math.abs(ada.last_seen! - ada.last_activity! - 100) <= 1);
  t.is((await lookUp(second, 'bob')).status, 'offline');
  t.not((await lookUp(second, 'bob')).last_seen, null, 'who was online when the instance stopped');
  await hit(second.url, { uid: 'eve' });
  await leave(second, 'eve');
  await until(() => ask('ZSCORE', KEY, 'eve') !== '', 'the regular save');
  second.process.kill('SIGKILL');
  await second.exited;
  ask('DEL', 'presence');

  const third = await startCli(t, environment);
  t.not((await lookUp(third, 'eve')).last_seen, null);
});

test('an erased visitor is forgotten in Redis, too', async (t) => {
  const { url: REDIS_URL, ask } = await startRedis(t);
  const service = await startCli(t, { ...LEAVING, REDIS_URL, WATCH_SECRET: SECRET });
  for (const uid of ['ada', 'bob']) {
    await hit(service.url, { uid });
    await leave(service, uid);
  }
  await until(() => ask('ZCARD', KEY) === '2', 'both to be saved');
  await send(`${service.url}/v1/visitors/ada`, { method: 'DELETE', headers });
  await until(() => ask('ZCARD', KEY) === '1', 'one to be forgotten');
  t.is(ask('ZRANGE', KEY, '0', '-1'), 'bob');
});

test('the store keeps both times, the latest of each visitor, and no more than its bounds', async (t) => {
  const { url, ask } = await startRedis(t);
  const store = createRedisLastSeen({ url, password: undefined }, KEY);
  t.teardown(() => store.close());
  const now = 1_795_522_572_000;
  const seen = (uid: string, agoSeconds: number, idleSeconds: number) => ({
    uid,
    lastSeenMs: now - agoSeconds * 1000,
    lastActivityMs: now - (agoSeconds + idleSeconds) * 1000,
  });
  const visitors = Array.from({ length: 2500 }, (_, index) => seen(`visitor-${index}`, 2500 - index, index * 7));
  await store.save(visitors, [], now - 86_400_000, 100_000);
  t.deepEqual(await store.load(100_000), visitors);
  t.deepEqual(await store.load(1200), visitors.slice(1300));
  await store.save([seen('visitor-7', 5000, 1), seen('visitor-8', 0, 3)], ['visitor-9'], now - 2_000_000, 1000);
  const kept = await store.load(100_000);
  t.is(kept.length, 1000);
  t.deepEqual(kept.at(-1), seen('visitor-8', 0, 3));
  t.false(kept.some(({ uid }) => uid === 'visitor-7' || uid === 'visitor-9'));
  await store.save([seen('last', 0, 0)], [], now - 10_000, 1000);
  t.is((await store.load(100_000)).length, 12);
  ask('FLUSHALL');
  const many = Array.from({ length: 10_000 }, (_, index) => seen(`1612345678901x${index}`, index, index));
  await store.save(many, [], 0, 100_000);
  t.log(`${(Number(ask('MEMORY', 'USAGE', KEY, 'SAMPLES', '0')) / 10_000).toFixed(0)} bytes a visitor`);
});

test('the documented permissions are enough, and those without their line are not', async (t) => {
  const { url, ask } = await startRedis(t);
  const lines = documentAt('docs/scaling.md').text.match(/^ *ACL SETUSER presence .*$/gm)!;
  const [first, second] = lines.map((line) => line.trim().replace('PASSWORD', 'secret').split(' '));
  const store = createRedisLastSeen({ url: url.replace('//', '//presence:secret@'), password: undefined }, KEY);
  t.teardown(() => store.close());
  ask(...first!);
  await t.throwsAsync(store.load(10), { message: /not allowed.*zrange/i });
  ask(...second!);
  await store.save([{ uid: 'ada', lastSeenMs: 2000, lastActivityMs: 1000 }], ['bob'], 0, 10);
  t.is((await store.load(10)).length, 1);
});

test('a Redis that cannot keep them is reported once, and presence goes on', async (t) => {
  const { url: REDIS_URL, ask } = await startRedis(t);
  ask('SET', KEY, 'of another type');
  const service = await startCli(t, { ...LEAVING, REDIS_URL });
  await hit(service.url, { uid: 'ada' });
  await leave(service, 'ada');
  await until(async () => (await lookUp(service, 'ada')).last_seen !== null);
  const reports = () => service.output().split('cannot be kept in Redis').length - 1;
  await until(() => reports() === 1);
  await hit(service.url, { uid: 'bob' });
  t.is((await lookUp(service, 'bob')).status, 'active');
  t.is(reports(), 1);
});
