import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { HistoryAnswer, VisitorAnswer } from '../../src/protocol/messages.js';
import { type CliService, spawnCli, startCli } from '../support/cli.js';
import { hit, openStream, send } from '../support/client.js';
import { testWith } from '../support/needs.js';
import { hasRedis, startLine, startRedis } from '../support/redis.js';
import { SHORT, Site, uidsOn } from '../support/site.js';
import { SECRET } from '../support/tokens.js';
import { until } from '../support/until.js';

const test = testWith('Redis', hasRedis, 'Install the Debian package redis-server.');

// Outages below take real time, because other processes measure them by their own clocks.
const WINDOW_MS = 1000 * Number(SHORT.ONLINE_WINDOW_SECONDS);

async function startSite(t: ExecutionContext, instances = 3, environment: Record<string, string> = {}) {
  t.timeout(120_000);
  const redis = await startRedis(t);
  const site = new Site(t, { REDIS_URL: redis.url, ...environment });
  await Promise.all(Array.from({ length: instances }, () => site.add()));
  site.come(40);
  await site.settled('all instances to show the first visitors');
  return { redis, site };
}

/** All instances show all visitors within a window, and none of them ever showed an online visitor as offline. */
async function assertNoneLost(t: ExecutionContext, site: Site): Promise<void> {
  const beganMs = performance.now();
  await site.settled('all instances to show the same');
  const tookMs = performance.now() - beganMs;
  t.true(tookMs <= WINDOW_MS + 1000, `it took ${Math.round(tookMs)} ms`);
  await site.fullRound();
  t.deepEqual(site.drops, []);
}

test.serial('visitors come and go on any instance, and all instances show the same', async (t) => {
  const { site } = await startSite(t);
  for (let round = 0; round < 8; round++) {
    site.come(6);
    site.go(5);
    await site.looked();
  }
  await assertNoneLost(t, site);
});

test.serial('a visitor of one instance is in the streams of another, with room, session and info', async (t) => {
  const redis = await startRedis(t);
  const [one, two] = await Promise.all([0, 1].map(() => startCli(t, { ...SHORT, REDIS_URL: redis.url })));
  const stream = await openStream(t, `${two!.url}/sse/changes?room=hall`);
  t.is((await stream.next()).online_total, 0);
  await hit(one!.url, { uid: 'ada', room: 'hall', session: 's1', info: { name: 'Ada' } });
  t.deepEqual((await stream.next()).joined, [{ uid: 'ada', status: 'active', info: { name: 'Ada' } }]);
  const { sessions, rooms } = (await send(`${two!.url}/v1/visitors/ada`)).json();
  t.deepEqual({ sessions, rooms }, { sessions: 1, rooms: ['hall'] });
  t.is((await send(`${two!.url}/v1/service`)).json().instances, 2);
  await send(`${two!.url}/v1/leave`, { method: 'POST', body: '{"uid":"ada","session":"s1"}' });
  t.deepEqual((await stream.next()).left, ['ada']);
  await until(async () => (await send(`${one!.url}/v1/totals`)).json().online_total === 0, 'the leave at the other');
});

test.serial('a visitor that one instance erases is forgotten by all of them', async (t) => {
  const redis = await startRedis(t);
  const environment = { ...SHORT, REDIS_URL: redis.url, WATCH_SECRET: SECRET };
  const instances = await Promise.all([0, 1].map(() => startCli(t, environment)));
  const [one, two] = instances;
  const headers = { authorization: `Bearer ${SECRET}` };
  const lookUp = async ({ url }: CliService, uid: string) =>
    (await send(`${url}/v1/visitors/${uid}`, { headers })).json<VisitorAnswer>();
  const untilAll = (uid: string, holds: (answer: VisitorAnswer) => boolean) =>
    until(async () => (await Promise.all(instances.map((each) => lookUp(each, uid)))).every(holds));

  await hit(one!.url, { uid: 'ada', info: { name: 'Ada' } });
  await hit(one!.url, { uid: 'bob' });
  await untilAll('bob', ({ status }) => status === 'active');
  await send(`${two!.url}/v1/visitors/ada`, { method: 'DELETE', headers });
  await untilAll('ada', ({ status, last_seen }) => status === 'offline' && last_seen === null);
  await send(`${one!.url}/v1/leave`, { method: 'POST', body: '{"uid":"bob"}' });
  await untilAll('bob', ({ status, last_seen }) => status === 'offline' && last_seen !== null);
  await send(`${two!.url}/v1/visitors/bob`, { method: 'DELETE', headers });
  await untilAll('bob', ({ last_seen }) => last_seen === null);
  t.pass();
});

test.serial('an instance that is killed under load loses no visitor, and another one replaces it', async (t) => {
  const { site } = await startSite(t);
  const [victim] = site.instances;
  site.remove(victim!);
  victim!.process.kill('SIGKILL');
  site.come(5);
  await site.add();
  await assertNoneLost(t, site);
});

test.serial(
  'a Redis that is killed and restarts empty loses no visitor, and a later instance receives all of them',
  async (t) => {
    const { redis, site } = await startSite(t, 3, { METRICS: 'open' });
    const isUp = async ({ url }: CliService) => /^presence_redis_up 1$/m.test((await send(`${url}/metrics`)).text);
    const areUp = () => Promise.all(site.instances.map(isUp));
    await redis.kill('SIGKILL');
    await until(async () => !(await areUp()).includes(true), 'all instances to notice the outage');
    site.come(5);
    await redis.start();
    // Sooner than the heartbeat interval: most visitors have not sent another heartbeat.
    await until(async () => !(await areUp()).includes(false), 'all instances to be back');
    const next = await site.add();
    t.is((await uidsOn(next)).length, 45);
    await assertNoneLost(t, site);
  },
);

test.serial('a Redis that does not reply for 20 s loses no visitor', async (t) => {
  const { redis, site } = await startSite(t, 3, { HEARTBEAT_SECONDS: '3', ONLINE_WINDOW_SECONDS: '30' });
  await redis.kill('SIGSTOP');
  await delay(10_000);
  site.come(5);
  await delay(10_000);
  await redis.kill('SIGCONT');
  await assertNoneLost(t, site);
});

test.serial(
  'a Redis that does not reply for longer than the online window loses no visitor who sends heartbeats',
  async (t) => {
    const { redis, site } = await startSite(t);
    await redis.kill('SIGSTOP');
    site.come(5);
    await delay(2 * WINDOW_MS);
    site.go(5);
    await delay(2000);
    await redis.kill('SIGCONT');
    await assertNoneLost(t, site);
  },
);

test.serial('an instance that is cut off from Redis works alone, and catches up', async (t) => {
  t.timeout(120_000);
  const redis = await startRedis(t);
  const line = await startLine(t, redis.port);
  const site = new Site(t, { REDIS_URL: redis.url });
  await Promise.all([site.add(), site.add(), site.add({ REDIS_URL: `redis://127.0.0.1:${line.port}` })]);
  site.come(40);
  await site.settled('all instances to show the first visitors');
  line.cut();
  const isolated = site.instances.find(({ logLines }) => logLines.length > 0)!;
  t.truthy(isolated);
  site.come(5);
  site.go(5);
  await delay(4000);
  line.mend();
  await assertNoneLost(t, site);
});

test.serial('an instance that is suspended for a while catches up', async (t) => {
  const { site } = await startSite(t);
  const [slow] = site.instances;
  site.remove(slow!);
  slow!.process.kill('SIGSTOP');
  site.come(5);
  site.go(5);
  await delay(4500);
  slow!.process.kill('SIGCONT');
  site.instances.push(slow!);
  await assertNoneLost(t, site);
});

test.serial('clocks that are 5 s apart make no difference', async (t) => {
  const { site } = await startSite(t, 1);
  const skew = (seconds: number) => ({
    NODE_OPTIONS: `--import=${new URL('../support/skewed-clock.mjs', import.meta.url)}`,
    CLOCK_SKEW_SECONDS: String(seconds),
  });
  await Promise.all([site.add(skew(5)), site.add(skew(-5))]);
  site.come(10);
  site.go(10);
  await assertNoneLost(t, site);
});

test.serial('in a rolling deploy no watcher sees a visitor leave, and no new instance starts empty', async (t) => {
  const { site } = await startSite(t, 2);
  for (const old of [...site.instances]) {
    const next = await site.add();
    const stream = await openStream(t, `${next.url}/sse/changes`);
    t.is((await stream.next()).online_total, 40);
    site.remove(old);
    old.process.kill('SIGTERM');
    t.is(await old.exited, 0);
  }
  await assertNoneLost(t, site);
});

test.serial('the last heartbeat of an instance is published before it stops', async (t) => {
  const redis = await startRedis(t);
  const slow = { ...SHORT, TICK_INTERVAL_SECONDS: '10', REDIS_URL: redis.url };
  const one = await startCli(t, slow);
  await hit(one.url, { uid: 'ada' });
  one.process.kill('SIGTERM');
  t.is(await one.exited, 0);
  const two = await startCli(t, slow);
  t.is((await send(`${two.url}/v1/totals`)).json().online_total, 1);
});

test.serial('the history of an instance that received all visitors is complete from the start', async (t) => {
  const { site } = await startSite(t, 1);
  await delay(WINDOW_MS);
  const next = await site.add();
  const { complete_from: completeFrom, since } = (await send(`${next.url}/v1/history`)).json<HistoryAnswer>();
  t.true(completeFrom - since <= 2, `${completeFrom - since} s`);
});

test.serial('an instance that starts later takes the history from one that runs, by PEER_URL', async (t) => {
  const { site } = await startSite(t, 1);
  const historyOf = async (url: string) => (await send(`${url}/v1/history`)).json<HistoryAnswer>();
  const [first] = site.instances;
  await until(async () => (await historyOf(first!.url)).ts.length > 0, 'the first sample');
  const next = await site.add({ PEER_URL: first!.url });
  await until(async () => {
    const { ts, since } = await historyOf(next.url);
    return ts.length > 0 && ts[0]! <= since;
  }, 'the history before its start');
  t.is((await historyOf(next.url)).ts[0], (await historyOf(first!.url)).ts[0]);
});

test.serial('Redis keeps no entry for much longer than the online window', async (t) => {
  const { redis } = await startSite(t);
  await delay(WINDOW_MS + 4000);
  const [first] = redis.ask('XRANGE', 'presence', '-', '+', 'COUNT', '1').split('\n');
  const ageMs = Date.now() - Number(first!.split('-')[0]);
  t.true(ageMs < WINDOW_MS + 4000, `the oldest entry is ${ageMs} ms old`);
});

const problems = {
  'a wrong password': { server: ['--requirepass', 'secret'], url: 'redis://:wrong@127.0.0.1', says: /password/ },
  'a server without TLS': { server: [], url: 'rediss://127.0.0.1', says: /./ },
  'a read-only replica': { server: ['--replicaof', '127.0.0.1', '1'], url: 'redis://127.0.0.1', says: /read-only/ },
  'no server': { server: undefined, url: 'redis://127.0.0.1', says: /ECONNREFUSED/ },
};

for (const [problem, { server, url, says }] of Object.entries(problems)) {
  test.serial(`${problem} is logged once, and the instance works alone`, async (t) => {
    const port = server === undefined ? 1 : (await startRedis(t, server)).port;
    const service = await startCli(t, { ...SHORT, REDIS_URL: `${url}:${port}`, METRICS: 'open' });
    await hit(service.url, { uid: 'ada' });
    t.is((await send(`${service.url}/v1/totals`)).json().online_total, 1);
    await delay(1500);
    const lines = service.logLines.filter(({ message }) => /not shared/.test(String(message)));
    t.is(lines.length, 1);
    t.regex(String(lines[0]!.problem), says);
    t.notRegex(service.output(), /wrong@|:wrong/);
    t.regex((await send(`${service.url}/metrics`)).text, /^presence_redis_up 0$/m);
  });
}

test.serial('the password may be given in REDIS_PASSWORD', async (t) => {
  const redis = await startRedis(t, ['--requirepass', 'secret']);
  const environment = { REDIS_URL: redis.url, REDIS_PASSWORD: 'secret', REDIS_REQUIRED: 'on', REDIS_KEY: 'a:key' };
  const [one, two] = await Promise.all([0, 1].map(() => startCli(t, { ...SHORT, ...environment })));
  await hit(one!.url, { uid: 'ada' });
  await until(async () => (await uidsOn(two!)).join() === 'ada');
  t.pass();
});

test.serial('with REDIS_REQUIRED an instance does not start without Redis', async (t) => {
  const { exited, output } = spawnCli({ REDIS_URL: 'redis://127.0.0.1:1', REDIS_REQUIRED: 'on' });
  t.is(await exited, 1);
  t.regex(output(), /Cannot start: REDIS_REQUIRED is on/);
});
