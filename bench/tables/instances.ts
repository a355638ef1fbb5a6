import { Agent, get, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { beatOnce } from '../support/heartbeats.js';
import { hasProgram } from '../support/machine.js';
import { startRedis } from '../support/redis.js';
import { type Effort, type Goal, judge, type Section } from '../support/report.js';
import { type ServerProcess, startService } from '../support/server.js';
import { median, quantile, summary, table } from '../support/statistics.js';

const REDIS_PORT = 8190;
const PORTS = [8191, 8192, 8193];
const TICK_MS = 2000;
const HITS = 12_000;
const PER_SECOND = 2000;
const CROWDS = [1000, 10_000, 100_000];

/** Three instances that share presence through a Redis: how late, how many commands, how much memory. */
export async function benchInstances({ rounds, seconds }: Effort): Promise<Section> {
  const title = 'Three instances on one Redis';
  if (!hasProgram('redis-server')) {
    return { title, text: 'Skipped: install the Debian package redis-server.', goals: [] };
  }
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await withInstances(measureLag));
  const commands = await withInstances((servers, redis) => measureCommands(servers, redis, seconds));
  const memory = [];
  for (const visitors of CROWDS) memory.push(await measureMemory(visitors));

  const lags = [
    ['on the streams of the instance itself', runs.map(({ own }) => own)],
    ['on the streams of the others', runs.map(({ others }) => others)],
  ] as const;
  const lagRows = lags.map(([where, values]) => [
    where,
    ...[0.5, 0.99].map((share) => summary(values.map((each) => quantile(each, share)))),
  ]);
  const knownMs = Math.max(...runs.map(({ knownWithinMs }) => knownWithinMs));
  const text = `${table(['a heartbeat of somebody new is', 'p50 ms', 'p99 ms'], lagRows)}

From sending a heartbeat to the event that tells of it, ${HITS} heartbeats of new visitors at ${PER_SECOND}/s spread over the
instances, streams of \`/sse/changes\`. A tick is ${TICK_MS} ms, and a stream tells at ticks only: one instance alone takes up to
that long. Medians of ${rounds} runs, with the least and the most. 99 % of the heartbeats were known to the other instances
within ${knownMs} ms, as \`presence_redis_lag_seconds\` counts it.

${table(
  ['heartbeats/s', 'commands per tick and instance'],
  commands.map(({ perSecond, perTick }) => [String(perSecond), perTick.toFixed(1)]),
)}

${table(
  ['visitors', 'Redis bytes per visitor'],
  memory.map(({ visitors, bytes }) => [String(visitors), bytes.toFixed(0)]),
)}

Each visitor has beaten twice within the window, with a name of 32 characters; that is what a heartbeat every 30 s and a
window of 60 s come to.`;
  const laterMs = median(runs.map(({ own, others }) => quantile(others, 0.99) - quantile(own, 0.99)));
  const goals: Goal[] = [
    judge('told by the others at most a tick (2000 ms) later, p99', laterMs, { most: TICK_MS }, 0),
    judge('known to the others within a tick (2000 ms), p99', knownMs, { most: TICK_MS }, 0),
    judge(
      'at most 10 commands per tick and instance, whatever the rate',
      Math.max(...commands.map(({ perTick }) => perTick)),
      { most: 10 },
      1,
    ),
  ];
  return { title, text, goals };
}

async function withInstances<T>(
  measure: (servers: readonly ServerProcess[], redis: Awaited<ReturnType<typeof startRedis>>) => Promise<T>,
  ports = PORTS,
): Promise<T> {
  const redis = await startRedis(REDIS_PORT);
  const environment = { REDIS_URL: redis.url, REDIS_REQUIRED: 'on', METRICS: 'open' };
  const servers = await Promise.all(ports.map((port) => startService(port, environment)));
  try {
    return await measure(servers, redis);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await redis.stop();
  }
}

async function measureLag(servers: readonly ServerProcess[]) {
  const sentMs = new Map<string, number>();
  const own: number[] = [];
  const others: number[] = [];
  const streams = servers.map(({ url }, index) =>
    watch(url, (uid) => {
      const tookMs = performance.now() - sentMs.get(uid)!;
      (Number(uid.split('-')[1]) % servers.length === index ? own : others).push(tookMs);
    }),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  await beatSteadily(PER_SECOND, HITS, (number) => {
    const uid = `visitor-${number}`;
    sentMs.set(uid, performance.now());
    post(agent, servers[number % servers.length]!.url, uid);
  });
  const deadlineMs = performance.now() + 5 * TICK_MS;
  while (own.length + others.length < HITS * servers.length && performance.now() < deadlineMs) await delay(50);
  const missing = HITS * servers.length - own.length - others.length;
  const knownWithinMs = Math.max(...(await Promise.all(servers.map(({ url }) => lagWithinMs(url)))));
  for (const stream of streams) stream.destroy();
  agent.destroy();
  if (missing > 0) throw new Error(`${missing} heartbeats were not told of`);
  return { own, others, knownWithinMs };
}

/** What 99 % of the operations that an instance heard were younger than: the upper end of the histogram's bucket. */
async function lagWithinMs(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const count = Number(/^presence_redis_lag_seconds_count (\d+)/m.exec(text)?.[1]);
  for (const [, end, below] of text.matchAll(/^presence_redis_lag_seconds_bucket\{le="([\d.]+)"\} (\d+)/gm)) {
    if (Number(below) >= 0.99 * count) return Number(end) * 1000;
  }
  return Number.POSITIVE_INFINITY;
}

async function measureCommands(
  servers: readonly ServerProcess[],
  redis: Awaited<ReturnType<typeof startRedis>>,
  seconds: number,
) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const found = [];
  for (const perSecond of [0, 100, PER_SECOND]) {
    const sum = (calls: Map<string, number>) =>
      [...calls].reduce((total, [name, count]) => total + (name.startsWith('info') ? 0 : count), 0);
    const before = sum(redis.calls());
    const forMs = 2 * Math.ceil(seconds / 2) * TICK_MS;
    if (perSecond === 0) await delay(forMs);
    else {
      await beatSteadily(perSecond, (perSecond * forMs) / 1000, (number) =>
        post(agent, servers[number % servers.length]!.url, `visitor-${number}`),
      );
    }
    found.push({ perSecond, perTick: (sum(redis.calls()) - before) / servers.length / (forMs / TICK_MS) });
  }
  agent.destroy();
  return found;
}

async function measureMemory(visitors: number): Promise<{ visitors: number; bytes: number }> {
  return withInstances(
    async (_, redis) => {
      const before = redis.usedBytes();
      for (let beat = 0; beat < 2; beat++) {
        await beatOnce(PORTS[0]!, visitors, Math.floor(Date.now() / 1000));
        await delay(TICK_MS);
      }
      return { visitors, bytes: (redis.usedBytes() - before) / visitors };
    },
    PORTS.slice(0, 1),
  );
}

async function beatSteadily(perSecond: number, total: number, beat: (number: number) => void): Promise<void> {
  const beganMs = performance.now();
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, ((performance.now() - beganMs) * perSecond) / 1000);
    for (; sent < due; sent++) beat(sent);
    await delay(5);
  }
}

function post(agent: Agent, url: string, uid: string): void {
  const outgoing = request(`${url}/v1/hit`, { method: 'POST', agent });
  outgoing.on('error', () => {}).on('response', (response) => response.resume());
  outgoing.end(JSON.stringify({ uid }));
}

function watch(url: string, onJoined: (uid: string) => void) {
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'change') for (const { uid } of JSON.parse(data).joined ?? []) onJoined(uid);
    },
  });
  const outgoing = get(`${url}/sse/changes`, { agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (part) => parser.feed(part));
    response.on('error', () => {});
  });
  return outgoing.on('error', () => {});
}
