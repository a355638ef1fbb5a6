import { setTimeout as delay } from 'node:timers/promises';
import { documentAt } from '../support/documents.js';
import { testWith } from '../support/needs.js';
import { freePort, hasRedis, type Redis, startLine, startRedis } from '../support/redis.js';
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

test.serial('a Redis that is full of entries beyond the horizon is trimmed, and shares again', async (t) => {
  const redis = await startRedis(t, ['--maxmemory-policy', 'noeviction']);
  fill(redis, 3_600_000);
  const [one, two] = [await startReplica(t, redis.url), await startReplica(t, redis.url)];
  one.come('ada');
  await until(() => two.uids().join() === 'ada');
  t.is(redis.ask('XRANGE', 'presence', '-', '+', 'COUNT', '1').includes('filler'), false);
});

test.serial(
  'a Redis that is full says so, keeps what waits bounded, and shares as soon as its entries are out of date',
  async (t) => {
    const redis = await startRedis(t, ['--maxmemory-policy', 'noeviction']);
    const short = { HEARTBEAT_SECONDS: '2', ONLINE_WINDOW_SECONDS: '5', LEAVE_SETTLE_SECONDS: '0', MAX_VISITORS: '10' };
    const [one, two] = [await startReplica(t, redis.url, short), await startReplica(t, redis.url, short)];
    fill(redis, 0);
    one.come('ada');
    await until(() => /memory is full/.test(one.replicator.problem ?? ''), 'the problem');
    for (let round = 0; round < 100; round++) one.come('ada');
    t.is(one.replicator.outbox.size, 1);
    await until(() => {
      one.come('ada');
      return two.uids().join() === 'ada';
    });
    t.pass();
  },
);

test.serial('after FLUSHALL, a later instance has everybody although nobody sends another heartbeat', async (t) => {
  const redis = await startRedis(t);
  const [one, two] = [await startReplica(t, redis.url), await startReplica(t, redis.url)];
  one.come('ada');
  two.come('bob');
  for (const { uids } of [one, two]) await until(() => uids().join() === 'ada,bob');
  await delay(2500);
  redis.ask('FLUSHALL');
  // A new entry is in the log at once: the newest position alone shows no loss.
  one.come('cyd');
  const three = await startReplica(t, redis.url);
  await until(() => three.uids().join() === 'ada,bob,cyd', 'the later instance to have everybody');
  // Nothing is published again and again.
  const published = () => one.replicator.counters.published;
  await delay(1500);
  const before = published();
  await delay(2500);
  t.is(published(), before);
  t.deepEqual(three.uids(), ['ada', 'bob', 'cyd']);
});

test.serial('after a restart from an old snapshot, a later instance has everybody', async (t) => {
  const redis = await startRedis(t);
  const one = await startReplica(t, redis.url);
  one.come('ada');
  const logged = () => redis.ask('XRANGE', 'presence', '-', '+');
  await until(() => logged().includes('ada'));
  redis.ask('SAVE');
  one.come('bob');
  await until(() => logged().includes('bob'));
  await redis.kill('SIGKILL');
  await redis.start();
  t.regex(redis.ask('INFO', 'persistence'), /rdb_last_load_keys_loaded:1/, 'the snapshot is read');
  await until(() => one.replicator.problem !== undefined);
  await until(() => one.replicator.problem === undefined);
  const two = await startReplica(t, redis.url);
  await until(() => two.uids().join() === 'ada,bob');
  t.pass();
});

/** The least permissions, as the document gives them. */
const [, documented] = /ACL SETUSER presence reset on >PASSWORD (.+)/.exec(documentAt('docs/scaling.md').text)!;

for (const [name, rules] of Object.entries({
  'the documented permissions': documented!,
  'all commands that are not dangerous': '~* +@all -@dangerous',
})) {
  test.serial(`a user with ${name} shares`, async (t) => {
    const redis = await startRedis(t);
    redis.ask('ACL', 'SETUSER', 'presence', 'reset', 'on', '>100% @se:cret/', ...rules.split(' '));
    redis.ask('ACL', 'SETUSER', 'default', 'off');
    const url = redis.url.replace('//', '//presence@');
    const [one, two] = [
      await startReplica(t, url, {}, '100% @se:cret/'),
      await startReplica(t, url, {}, '100% @se:cret/'),
    ];
    t.is(one.replicator.problem, undefined);
    one.come('ada');
    await until(() => two.uids().join() === 'ada');
    // Longer than the time between two checks for lost entries.
    await delay(2500);
    t.is(one.replicator.problem, undefined);
    t.deepEqual(
      one.logged.map(({ level }) => level),
      ['info'],
    );
  });
}

test.serial('a user without a permission is described with the command that is missing', async (t) => {
  const redis = await startRedis(t);
  redis.ask('ACL', 'SETUSER', 'presence', 'reset', 'on', '>secret', '~presence', '+time');
  const one = await startReplica(t, redis.url.replace('//', '//presence:secret@'));
  t.regex(one.replicator.problem!, /not allowed.*xrange/i);
});

test.serial(
  'a proxy that cuts its connections soon is tried a few times per second at most, and logged a few times',
  async (t) => {
    const redis = await startRedis(t);
    const line = await startLine(t, redis.port);
    const dropping = setInterval(line.drop, 30);
    t.teardown(() => clearInterval(dropping));
    const { logged } = await startReplica(t, `redis://127.0.0.1:${line.port}`);
    await delay(5000);
    // Two per attempt.
    t.true(line.accepted() <= 20, `${line.accepted()} connections`);
    t.true(logged.length <= 7, JSON.stringify(logged));
  },
);

test.serial('a node of a cluster that does not hold the key is described in a sentence', async (t) => {
  const [busOfNode, busOfOther] = [await freePort(), await freePort()];
  const cluster = ['--cluster-enabled', 'yes', '--cluster-require-full-coverage', 'no', '--cluster-port'];
  const node = await startRedis(t, [...cluster, String(busOfNode)]);
  const other = await startRedis(t, [...cluster, String(busOfOther)]);
  other.ask('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  node.ask('CLUSTER', 'MEET', '127.0.0.1', String(other.port), String(busOfOther));
  await until(() => /MOVED/.test(node.ask('GET', 'presence')), 'the node to know who holds the key');
  const { replicator } = await startReplica(t, node.url);
  t.regex(replicator.problem!, /does not hold the key; set REDIS_URL/);
});
