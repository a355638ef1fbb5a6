import { setTimeout as delay } from 'node:timers/promises';
import { testWith } from '../support/needs.js';
import { hasRedis, type Redis, startLine, startRedis } from '../support/redis.js';
import { startReplica } from '../support/replicas.js';
import { until } from '../support/until.js';

const test = testWith('Redis', hasRedis, 'Install the Debian package redis-server.');

/** Adds entries of the given age, and limits the memory so that they use all of it. */
function fill(redis: Redis, ageMs: number): void {
  const addedMs = Date.now() - ageMs;
  for (let number = 1; number <= 20; number++) {
    redis.ask('XADD', 'presence', `${addedMs}-${number}`, 'filler', 'x'.repeat(100_000));
  }
  const used = Number(/^used_memory:(\d+)/m.exec(redis.ask('INFO', 'memory'))![1]);
  // Less than it uses, as buffers of clients come and go; more than it uses without the entries.
  redis.ask('CONFIG', 'SET', 'maxmemory', String(used - 1_000_000));
}

test('a Redis that is full of entries beyond the horizon is trimmed, and shares again', async (t) => {
  const redis = await startRedis(t, ['--maxmemory-policy', 'noeviction']);
  fill(redis, 3_600_000);
  const [one, two] = [await startReplica(t, redis.url), await startReplica(t, redis.url)];
  one.come('ada');
  await until(() => two.uids().join() === 'ada');
  t.is(redis.ask('XRANGE', 'presence', '-', '+', 'COUNT', '1').includes('filler'), false);
});

test('a Redis that is full says so, keeps what waits bounded, and shares as soon as its entries are out of date', async (t) => {
  const redis = await startRedis(t, ['--maxmemory-policy', 'noeviction']);
  const short = { HEARTBEAT_SECONDS: '2', ONLINE_WINDOW_SECONDS: '5', LEAVE_SETTLE_SECONDS: '0', MAX_VISITORS: '10' };
  const [one, two] = [await startReplica(t, redis.url, short), await startReplica(t, redis.url, short)];
  fill(redis, 0);
  one.come('ada');
  await until(() => one.replicator.problem !== undefined);
  t.regex(one.replicator.problem!, /memory is full/);
  for (let round = 0; round < 100; round++) one.come('ada');
  t.is(one.replicator.outbox.size, 1);
  await until(() => {
    one.come('ada');
    return two.uids().join() === 'ada';
  });
  t.pass();
});

test('a proxy that cuts its connections soon is tried a few times per second at most, and logged a few times', async (t) => {
  const redis = await startRedis(t);
  const line = await startLine(t, redis.port);
  const dropping = setInterval(line.drop, 30);
  t.teardown(() => clearInterval(dropping));
  const { logged } = await startReplica(t, `redis://127.0.0.1:${line.port}`);
  await delay(5000);
  // Two per attempt.
  t.true(line.accepted() <= 20, `${line.accepted()} connections`);
  t.true(logged.length <= 7, JSON.stringify(logged));
});
