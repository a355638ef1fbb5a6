import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from 'simple-statistics';
import { atFixedRate } from '../support/fixed-rate.js';
import { sendHeartbeatsOnce } from '../support/heartbeats.js';
import { withInstances } from '../support/instances.js';
import { openJoinedStream } from '../support/joined-stream.js';
import { JsonClient } from '../support/json-client.js';
import { hasProgram } from '../support/machine.js';
import { table } from '../support/markdown.js';
import type { BenchRedis } from '../support/redis.js';
import { type Effort, judge, type Section } from '../support/report.js';
import type { ServerProcess } from '../support/server.js';
import { summary } from '../support/statistics.js';

const TITLE = 'Three instances on one Redis';
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
  for (let round = 0; round < rounds; round++) runs.push(await withInstances(3, measureDelays));
  const perRate = await withInstances(3, (servers, redis) => measureCommands(servers, redis, seconds));
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

From sending a heartbeat to the event of \`/sse/changes\` that contains it, at the full rate at which instances publish, read
and flush. ${HEARTBEATS} heartbeats of new visitors at ${PER_SECOND}/s, spread over the instances. 99 % of the operations reached the other
instances within ${replicatedMs} ms (\`presence_redis_lag_seconds\`). Rounds: ${rounds}.

${table(
  ['heartbeats/s', 'commands per second and instance'],
  perRate.map(({ perSecond, commands }) => [String(perSecond), commands.toFixed(1)]),
)}

${table(
  ['visitors', 'Redis bytes per visitor'],
  memory.map(([visitors, bytes]) => [String(visitors), bytes.toFixed(0)]),
)}

Each visitor sent two heartbeats within the log's window, with a uid of 32 characters: as with a heartbeat every 30 s and an
online window of 60 s.`;
  const maxCommands = Math.max(...perRate.map(({ commands }) => commands));
  const goals = [
    judge('at most 15 commands per second and instance at any rate', maxCommands, { atMost: 15 }, { digits: 1 }),
  ];
  return { title: TITLE, text, goals };
}

async function measureDelays(servers: readonly ServerProcess[]) {
  const sentMs = new Map<string, number>();
  const ownMs: number[] = [];
  const othersMs: number[] = [];
  const streams = servers.map(({ url }, index) =>
    openJoinedStream(url, (uid) => {
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
  const results = [];
  for (const perSecond of [0, 100, PER_SECOND]) {
    const before = redis.commandCount();
    const beganMs = performance.now();
    if (perSecond === 0) await delay(2000 * seconds);
    else await sendAtFixedRate(servers, perSecond, perSecond * 2 * seconds);
    const perInstance = (redis.commandCount() - before) / servers.length;
    results.push({ perSecond, commands: (perInstance * 1000) / (performance.now() - beganMs) });
  }
  return results;
}

function measureMemory(visitors: number): Promise<number> {
  return withInstances(1, async ([server], redis) => {
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
