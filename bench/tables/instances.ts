import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { median, quantile } from 'simple-statistics';
import { atFixedRate } from '../support/fixed-rate.js';
import { sendHeartbeatsOnce } from '../support/heartbeats.js';
import { JsonClient } from '../support/json-client.js';
import { hasProgram } from '../support/machine.js';
import { table } from '../support/markdown.js';
import { type BenchRedis, startRedis } from '../support/redis.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { type ServerProcess, startService } from '../support/server.js';
import { summary } from '../support/statistics.js';

const TITLE = 'Three instances on one Redis';
const REDIS_PORT = 8190;
const PORTS = [8191, 8192, 8193];
const TICK_MS = 2000;
const HEARTBEATS = 12_000;
const PER_SECOND = 2000;
const VISITORS = [1000, 10_000, 100_000];

/** Three instances that share presence through Redis: delay, number of commands and memory. */
export async function benchInstances({ rounds, seconds }: Effort): Promise<Section> {
  if (!hasProgram('redis-server')) {
    const text = 'SKIPPED: install the Debian package redis-server.';
    return { title: TITLE, text, goals: [] };
  }
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await withInstances(PORTS, measureDelays));
  const commands = await withInstances(PORTS, (servers, redis) => measureCommands(servers, redis, seconds));
  const memory: (readonly [visitors: number, bytes: number])[] = [];
  for (const visitors of VISITORS) memory.push([visitors, await measureMemory(visitors)]);

  const delayRow = (where: string, runsMs: readonly (readonly number[])[]) => [
    where,
    ...[0.5, 0.99].map((share) => summary(runsMs.map((ms) => quantile(ms, share)))),
  ];
  const delayRows = [
    delayRow(
      'on the instance that received the heartbeat',
      runs.map(({ ownMs }) => ownMs),
    ),
    delayRow(
      'on the other instances',
      runs.map(({ othersMs }) => othersMs),
    ),
  ];
  const replicatedMs = Math.max(...runs.map((run) => run.replicatedMs));
  const text = `${table(['a new visitor appears in streams', 'p50, ms', 'p99, ms'], delayRows)}

From sending a heartbeat to the event of \`/sse/changes\` that contains it. ${HEARTBEATS} heartbeats of new visitors at
${PER_SECOND}/s, spread over the instances. A stream sends events at ticks only (${TICK_MS} ms), so a single instance already takes up to
that long. 99 % of the operations reached the other instances within ${replicatedMs} ms (\`presence_redis_lag_seconds\`). Rounds:
${rounds}.

${table(
  ['heartbeats/s', 'commands per tick and instance'],
  commands.map(({ perSecond, perTick }) => [String(perSecond), perTick.toFixed(1)]),
)}

${table(
  ['visitors', 'Redis bytes per visitor'],
  memory.map(([visitors, bytes]) => [String(visitors), bytes.toFixed(0)]),
)}

Each visitor sent two heartbeats within the log's window, with a uid of 32 characters: as with a heartbeat every 30 s and an
online window of 60 s.`;
  const laterMs = median(runs.map(({ ownMs, othersMs }) => quantile(othersMs, 0.99) - quantile(ownMs, 0.99)));
  const maxPerTick = Math.max(...commands.map(({ perTick }) => perTick));
  const goals = [
    judge('at most one tick (2000 ms) later on other instances, p99', laterMs, { atMost: TICK_MS }, { digits: 0 }),
    judge('at other instances within one tick (2000 ms), p99', replicatedMs, { atMost: TICK_MS }, { digits: 0 }),
    judge('at most 10 commands per tick and instance at any rate', maxPerTick, { atMost: 10 }, { digits: 1 }),
  ];
  return { title: TITLE, text, goals };
}

async function withInstances<T>(
  ports: readonly number[],
  measure: (servers: readonly ServerProcess[], redis: BenchRedis) => Promise<T>,
): Promise<T> {
  const redis = await startRedis(REDIS_PORT);
  const settings = { REDIS_URL: redis.url, REDIS_REQUIRED: 'on', METRICS: 'open' };
  const servers = await Promise.all(ports.map((port) => startService(port, settings)));
  try {
    return await measure(servers, redis);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await redis.stop();
  }
}

async function measureDelays(servers: readonly ServerProcess[]) {
  const sentMs = new Map<string, number>();
  const ownMs: number[] = [];
  const othersMs: number[] = [];
  const streams = servers.map(({ url }, index) =>
    openStream(url, (uid) => {
      const isOwn = Number(uid.split('-')[1]) % servers.length === index;
      (isOwn ? ownMs : othersMs).push(performance.now() - sentMs.get(uid)!);
    }),
  );
  await sendAtFixedRate(servers, PER_SECOND, HEARTBEATS, (uid) => sentMs.set(uid, performance.now()));
  const expected = HEARTBEATS * servers.length;
  const missing = () => expected - ownMs.length - othersMs.length;
  const deadlineMs = performance.now() + 5 * TICK_MS;
  while (missing() > 0 && performance.now() < deadlineMs) await delay(50);
  const lagsMs = await Promise.all(servers.map(({ url }) => replicationLagMs(url)));
  for (const stream of streams) stream.destroy();
  if (missing() > 0) throw new Error(`${missing()} of ${expected} expected joins are in no event`);
  return { ownMs, othersMs, replicatedMs: Math.max(...lagsMs) };
}

/** An upper bound of the lag of 99 % of the operations that an instance received: the end of the histogram's bucket. */
async function replicationLagMs(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const count = Number(/^presence_redis_lag_seconds_count (\d+)/m.exec(text)?.[1]);
  for (const [, end, below] of text.matchAll(/^presence_redis_lag_seconds_bucket\{le="([\d.]+)"\} (\d+)/gm)) {
    if (Number(below) >= 0.99 * count) return Number(end) * 1000;
  }
  return Number.POSITIVE_INFINITY;
}

async function measureCommands(servers: readonly ServerProcess[], redis: BenchRedis, seconds: number) {
  const countCommands = () => {
    // INFO is this bench's own question.
    const calls = [...redis.calls()].filter(([name]) => !name.startsWith('info'));
    return calls.reduce((total, [, count]) => total + count, 0);
  };
  const ticks = 2 * Math.ceil(seconds / 2);
  const results = [];
  for (const perSecond of [0, 100, PER_SECOND]) {
    const before = countCommands();
    const beganMs = performance.now();
    if (perSecond === 0) await delay(ticks * TICK_MS);
    else await sendAtFixedRate(servers, perSecond, (perSecond * ticks * TICK_MS) / 1000);
    const perInstance = (countCommands() - before) / servers.length;
    results.push({ perSecond, perTick: (perInstance * TICK_MS) / (performance.now() - beganMs) });
  }
  return results;
}

function measureMemory(visitors: number): Promise<number> {
  return withInstances(PORTS.slice(0, 1), async ([server], redis) => {
    const before = redis.usedBytes();
    for (let repeat = 0; repeat < 2; repeat++) {
      await sendHeartbeatsOnce(Number(new URL(server!.url).port), visitors);
      await delay(TICK_MS);
    }
    return (redis.usedBytes() - before) / visitors;
  });
}

/** Sends heartbeats of `visitor-0`, `visitor-1` and so on, to the instances in turn. */
async function sendAtFixedRate(
  servers: readonly ServerProcess[],
  perSecond: number,
  total: number,
  onSend: (uid: string) => void = () => {},
): Promise<void> {
  const client = new JsonClient();
  const answers: Promise<boolean>[] = [];
  await atFixedRate(perSecond, total, (index) => {
    const uid = `visitor-${index}`;
    onSend(uid);
    answers.push(client.post(`${servers[index % servers.length]!.url}/v1/hit`, { uid }));
  });
  const failed = (await Promise.all(answers)).filter((isOk) => !isOk).length;
  client.close();
  if (failed > 0) throw new Error(`${failed} heartbeats failed`);
}

function openStream(url: string, onJoined: (uid: string) => void) {
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
