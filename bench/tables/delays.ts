import { setTimeout as delay } from 'node:timers/promises';
import { median, quantile } from 'simple-statistics';
import { type Behaviour, startAcceleratedVisitors } from '../support/accelerated-visitors.js';
import { startWatchers } from '../support/client-process.js';
import { withInstances } from '../support/instances.js';
import { openJoinedStream } from '../support/joined-stream.js';
import { JsonClient } from '../support/json-client.js';
import { hasProgram } from '../support/machine.js';
import { table } from '../support/markdown.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { type ServerProcess, startService } from '../support/server.js';
import { summary } from '../support/statistics.js';

const PORT = 8180;
const VISITORS = 1000;
const WATCHERS = 100;
const NEWCOMERS = 300;
const WARM_UP_MS = 3000;
const MAX_DELAY_MS = 5000;

interface Delays {
  readonly ms: readonly number[];
  readonly commands: number;
}

/** How long after a heartbeat its visitor appears in `/sse/changes`. */
export async function benchDelays({ rounds, seconds }: Effort): Promise<Section> {
  const spanMs = 20_000 * seconds;
  const one: Delays[] = [];
  const three: Delays[] = [];
  for (let round = 0; round < rounds; round++) {
    one.push(await measureOne(spanMs));
    if (hasProgram('redis-server')) three.push(await measureThree(spanMs));
  }
  const share = (runs: readonly Delays[], of: number) => runs.map(({ ms }) => quantile([...ms], of));
  const row = (name: string, runs: readonly Delays[]) =>
    runs.length === 0
      ? [name, 'SKIPPED: install the Debian package redis-server', '', '']
      : [name, ...[0.5, 0.99, 1].map((of) => summary(share(runs, of)))];
  const commands = three.map((run) => run.commands);
  const text = `${table(
    ['instances', 'p50, ms', 'p99, ms', 'maximum, ms'],
    [row('one', one), row('three on one Redis', three)],
  )}

From sending the first heartbeat of a visitor to the event of \`/sse/changes\` that contains the visitor, at every instance.
${NEWCOMERS} visitors at random moments of ${spanMs / 1000} s. Meanwhile ${VISITORS} visitors send heartbeats every 30 s, and each minute 5 % of them
join, 5 % leave and 10 % change status; ${WATCHERS} more watchers of \`/sse/changes\`. With three instances, visitors and watchers
are spread over them, and each instance sends ${commands.length === 0 ? '–' : summary(commands, 1)} commands per second to Redis. Rounds: ${rounds}.`;
  const goals = [
    judge('one instance: p50 at most 30 ms', median(share(one, 0.5)), { atMost: 30 }, { digits: 0 }),
    judge('one instance: p99 at most 150 ms', median(share(one, 0.99)), { atMost: 150 }, { digits: 0 }),
    ...(three.length === 0
      ? []
      : [
          judge('three instances: p50 at most 120 ms', median(share(three, 0.5)), { atMost: 120 }, { digits: 0 }),
          judge('three instances: p99 at most 350 ms', median(share(three, 0.99)), { atMost: 350 }, { digits: 0 }),
          judge('at most 15 commands per second and instance', median(commands), { atMost: 15 }, { digits: 1 }),
        ]),
  ];
  return { title: 'Delay from a heartbeat to the event', text, goals };
}

async function measureOne(spanMs: number): Promise<Delays> {
  const server = await startService(PORT);
  try {
    return { ms: await measureDelays([server], spanMs), commands: 0 };
  } finally {
    await server.stop();
  }
}

const measureThree = (spanMs: number): Promise<Delays> =>
  withInstances(3, async (servers, redis) => {
    const [before, beganMs] = [redis.commandCount(), performance.now()];
    const ms = await measureDelays(servers, spanMs);
    const seconds = (performance.now() - beganMs) / 1000;
    return { ms, commands: (redis.commandCount() - before) / servers.length / seconds };
  });

async function measureDelays(servers: readonly ServerProcess[], spanMs: number): Promise<number[]> {
  const behaviour: Behaviour = {
    visitors: Math.round(VISITORS / servers.length),
    replacedShare: 0.05,
    statusChangeShare: 0.1,
    speed: 1,
  };
  const stopVisitors = servers.map(({ url }) => startAcceleratedVisitors(url, behaviour));
  const watchers = startWatchers();
  const client = new JsonClient();
  const sentMs = new Map<string, number>();
  const tookMs: number[] = [];
  const streams = servers.map(({ url }) =>
    openJoinedStream(url, (uid) => {
      const ms = sentMs.get(uid);
      if (ms !== undefined) tookMs.push(performance.now() - ms);
    }),
  );
  try {
    for (const { url } of servers) {
      const count = Math.round(WATCHERS / servers.length);
      await watchers.ask({ type: 'open', port: Number(new URL(url).port), path: '/sse/changes', count });
    }
    await delay(WARM_UP_MS);
    const moments = Array.from({ length: NEWCOMERS }, () => Math.random() * spanMs).sort((a, b) => a - b);
    const beganMs = performance.now();
    for (const [index, moment] of moments.entries()) {
      await delay(Math.max(0, beganMs + moment - performance.now()));
      const uid = `newcomer-${index}`;
      sentMs.set(uid, performance.now());
      void client.post(`${servers[index % servers.length]!.url}/v1/hit`, { uid });
    }
    const expected = NEWCOMERS * servers.length;
    for (const endMs = performance.now() + MAX_DELAY_MS; tookMs.length < expected; await delay(50)) {
      if (performance.now() > endMs)
        throw new Error(`${expected - tookMs.length} of ${expected} newcomers are in no event`);
    }
    return tookMs;
  } finally {
    for (const stop of stopVisitors) stop();
    for (const stream of streams) stream.destroy();
    client.close();
    await watchers.stop();
  }
}
