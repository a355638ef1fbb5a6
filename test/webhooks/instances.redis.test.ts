import type { ExecutionContext } from 'ava';
import { createRedisLease } from '../../src/replication/log/redis-lease.js';
import { type CliService, startCli } from '../support/cli.js';
import { hit, send } from '../support/client.js';
import { documentAt } from '../support/documents.js';
import { testWith } from '../support/needs.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { freePort, hasRedis, startRedis } from '../support/redis.js';
import { SHORT } from '../support/site.js';
import { until } from '../support/until.js';
import type { WebhookMessage } from '../support/webhook-fold.js';

const test = testWith('Redis', hasRedis, 'Install the Debian package redis-server.');

async function startInstances(t: ExecutionContext, count: number) {
  t.timeout(180_000);
  const redis = await startRedis(t);
  const receiver = await startReceiver(t);
  const environment = {
    ...SHORT,
    ONLINE_WINDOW_SECONDS: '600',
    METRICS: 'open',
    REDIS_URL: redis.url,
    ...receiver.environment({ WEBHOOK_BATCH_SECONDS: '0.2' }),
  };
  const instances = await Promise.all(Array.from({ length: count }, () => startCli(t, environment)));
  await until(() => receiver.accepted.length > 0, 'the first snapshot');
  return { redis, receiver, instances };
}

const isActive = async ({ url }: CliService) =>
  /^presence_webhook_active 1$/m.test((await send(`${url}/metrics`)).text);

async function activeOf(instances: readonly CliService[]): Promise<CliService[]> {
  const areActive = await Promise.all(instances.map(isActive));
  return instances.filter((_, index) => areActive[index]);
}

const joinsOf = ({ accepted }: Receiver) =>
  accepted
    .flatMap(({ type, data }) => (type === 'presence.batch' ? (data.events as WebhookMessage[]) : []))
    .filter(({ type }) => type === 'visitor.joined')
    .map(({ data }) => data.uid as string);

test.serial('with three instances every event is delivered once, whichever got the heartbeat', async (t) => {
  const { receiver, instances } = await startInstances(t, 3);
  const uids = Array.from({ length: 30 }, (_, number) => `visitor-${number}`);
  for (const [index, uid] of uids.entries()) await hit(instances[index % 3]!.url, { uid });
  await until(() => receiver.fold.visitors.size === 30, 'all to join');
  t.deepEqual(joinsOf(receiver).toSorted(), uids.toSorted());
  t.deepEqual(
    receiver.accepted.filter(({ type }) => type === 'presence.snapshot').map(({ data }) => data.visitors.length),
    [0],
  );
  t.is((await activeOf(instances)).length, 1);
});

test.serial('when the one that sends is killed, another one begins with a snapshot', async (t) => {
  const { receiver, instances } = await startInstances(t, 3);
  for (const [index, uid] of ['ada', 'bob', 'cyd'].entries()) await hit(instances[index]!.url, { uid });
  await until(() => receiver.fold.visitors.size === 3, 'all to join');
  const [killed] = await activeOf(instances);
  killed!.process.kill('SIGKILL');
  await killed!.exited;
  const rest = instances.filter((each) => each !== killed);
  receiver.accepted.length = 0;
  const fromMs = performance.now();
  await hit(rest[0]!.url, { uid: 'dan' });
  await until(() => receiver.fold.visitors.has('dan'), 'another one to send');
  t.log(`after ${Math.round(performance.now() - fromMs)} ms`);
  t.is(receiver.accepted[0]!.type, 'presence.snapshot');
  t.deepEqual([...receiver.fold.visitors.keys()].toSorted(), ['ada', 'bob', 'cyd', 'dan']);
});

test.serial('when the one that sends is stopped, another one begins with a snapshot', async (t) => {
  const { receiver, instances } = await startInstances(t, 2);
  const [stopped] = await activeOf(instances);
  const [rest] = instances.filter((each) => each !== stopped);
  receiver.accepted.length = 0;
  stopped!.process.kill('SIGTERM');
  t.is(await stopped!.exited, 0);
  await hit(rest!.url, { uid: 'ada' });
  await until(() => receiver.fold.visitors.has('ada'), 'another one to send');
  t.is(receiver.accepted[0]!.type, 'presence.snapshot');
});

test.serial('while Redis is away nobody sends, and afterwards one begins with a snapshot', async (t) => {
  const { redis, receiver, instances } = await startInstances(t, 2);
  await redis.kill('SIGKILL');
  await until(async () => (await activeOf(instances)).length === 0, 'nobody to send');
  for (const { url } of instances) await hit(url, { uid: `seen-by-${url}` });
  receiver.accepted.length = 0;
  await redis.start();
  await until(() => receiver.fold.visitors.size === 2, 'the snapshot');
  t.is(receiver.accepted[0]!.type, 'presence.snapshot');
  t.is((await activeOf(instances)).length, 1);
});

test.serial('the documented permissions are enough for the lease, and those without its line are not', async (t) => {
  const redis = await startRedis(t);
  const lines = documentAt('docs/scaling.md').text.match(/^ *ACL SETUSER presence .*$/gm)!;
  t.is(lines.length, 3);
  const address = { url: redis.url.replace('//', '//presence:secret@'), password: undefined };
  const claim = () => createRedisLease(address, 'presence:webhooks').claim('one', 60_000);
  const [first, , third] = lines.map((line) => line.trim().replace('PASSWORD', 'secret').split(' '));
  redis.ask(...first!);
  await t.throwsAsync(claim, { message: /not allowed.*eval/i });
  redis.ask(...third!);
  t.true(await claim());
});

test.serial('a lease in Redis belongs to one holder until it runs out', async (t) => {
  const redis = await startRedis(t);
  const lease = () => createRedisLease({ url: redis.url, password: undefined }, 'presence:webhooks');
  const [one, two] = [lease(), lease()];
  t.teardown(() => {
    one.close();
    two.close();
  });
  t.true(await one.claim('one', 60_000));
  t.false(await two.claim('two', 60_000));
  t.true(await one.claim('one', 1));
  await until(() => two.claim('two', 60_000), 'it to run out');
  t.false(await one.claim('one', 60_000));
  t.is(redis.ask('GET', 'presence:webhooks'), 'two');
});

test.serial('a Redis that cannot be reached is described', async (t) => {
  const url = `redis://127.0.0.1:${await freePort()}`;
  const claim = () => createRedisLease({ url, password: undefined }, 'presence:webhooks').claim('one', 1000);
  await t.throwsAsync(claim, { message: /ECONNREFUSED/ });
});
