import { setTimeout as delay } from 'node:timers/promises';
import { median, quantile } from 'simple-statistics';
import type { Burst, Publication } from '../clients/watcher-messages.js';
import { express, flask, installed, type MeasuredServer, service } from '../servers/compared-servers.js';
import { NCHAN_PATHS, nchan } from '../servers/nchan.js';
import { alternate } from '../support/alternate.js';
import { startWatchers } from '../support/client-process.js';
import { cpuMs } from '../support/cpu.js';
import { sendHeartbeatsOnce, uidOf } from '../support/heartbeats.js';
import { table } from '../support/markdown.js';
import { type Effort, type Goal, judge, type Section } from '../support/report.js';
import { ratios, summary } from '../support/statistics.js';
import { versionsLine } from '../support/versions.js';

interface Subject extends MeasuredServer {
  readonly watchers: number;
  /** Forwards events that a client publishes, and takes no heartbeats. */
  readonly isForwarding?: boolean;
  /** Has a timer per watcher instead of a common tick, so that there is no delay to measure. */
  readonly hasNoTick?: boolean;
}

interface Cost {
  readonly cpuMicroseconds: number;
  readonly kib: number;
  readonly delayMs: readonly number[];
}

const PORT = 8120;
const TICK_MS = 2000;
const PACKAGES = [
  'nginx',
  'libnginx-mod-nchan',
  'express',
  'better-sse',
  'python3-flask',
  'python3-gevent',
  'gunicorn',
];
const VISITORS = 1000;
const MANY = 1000;
const FEW = 100;
// After a start and many new connections, V8 shrinks its heap by some full collections over about 20 s. They would be most
// of the measured CPU.
const SETTLE_MS = 22_000;
// With few watchers, V8 takes longer to optimize the code; until then an event costs twice as much.
const SETTLE_FEW_MS = 90_000;
const EVENT_TOLERANCE = 0.02;
// No heartbeats are sent while fan-out is measured, and no visitor may expire meanwhile.
const SETTINGS = { ONLINE_WINDOW_SECONDS: '3600', MAX_STREAMS: '2000' };
const REASON =
  'in one CPU profile of 26 s with 100 watchers, 40 % is `writev`: the kernel copies 34 KiB to each of them, as for Flask; the rest is spread over many functions, each of them out of the caches after two idle seconds';
const SUBJECTS: readonly Subject[] = [
  { ...service, watchers: MANY },
  { ...nchan, watchers: MANY, isForwarding: true },
  { ...express, watchers: MANY },
  { ...service, watchers: FEW },
  { ...flask, watchers: FEW, hasNoTick: true },
];

/** The cost of an event per watcher that receives it, and the delay of the last watcher. */
export async function benchFanOut({ rounds, seconds }: Effort): Promise<Section> {
  const subjects = installed(SUBJECTS);
  const ticks = Math.ceil(seconds) + 1;
  const costs = await alternate(rounds, subjects, (subject) => measure(subject, ticks));
  const cpu = costs.map((of) => of.map(({ cpuMicroseconds }) => cpuMicroseconds));
  const serviceCpu = (watchers: number) => cpu[subjects.findIndex((subject) => subject.watchers === watchers)]!;
  const comparisons = subjects.map(({ watchers }, index) => ratios(serviceCpu(watchers), cpu[index]!));
  const rows = subjects.map(({ name, watchers, hasNoTick }, index) => {
    const delayMs = costs[index]!.flatMap((cost) => cost.delayMs);
    const p99 = hasNoTick ? '' : `${quantile(delayMs, 0.99).toFixed(0)} (of ${delayMs.length} ticks)`;
    const kib = median(costs[index]!.map((cost) => cost.kib)).toFixed(1);
    return [String(watchers), name, summary(comparisons[index]!, 3), summary(cpu[index]!, 1), kib, p99];
  });
  const compare = (server: MeasuredServer, goal: string, atMost: number, reason?: string): Goal[] => {
    const index = subjects.findIndex(({ name }) => name === server.name);
    if (index === -1) return [];
    return [judge(goal, median(comparisons[index]!), { atMost }, { digits: 3, ...(reason && { reason }) })];
  };
  const head = [
    'watchers',
    'server',
    'this service ÷ server',
    'CPU per event, µs',
    'KiB per event',
    'delay of the last watcher, p99, ms',
  ];
  const text = `${table(head, rows)}

One event every 2 s with all ${VISITORS} visitors, whose uids have 32 characters, uncompressed. CPU is that of all processes of the
server, kernel time included, over ${ticks} ticks, divided by the events that arrived. Measuring starts ${SETTLE_MS / 1000} s after the last
watcher connected (${SETTLE_FEW_MS / 1000} s with ${FEW} watchers), when V8 has optimized the code. No heartbeats are sent meanwhile. nchan only
forwards an event that a client publishes; the other servers build it themselves. The delay is counted from when the tick is
due (2 s after the first byte of the previous tick) to the last byte at the last watcher. Rounds: ${rounds}.

${versionsLine(...PACKAGES)}.`;
  const goals = [
    ...compare(nchan, `at most 1.15 of nchan's CPU at ${MANY} watchers`, 1.15),
    ...compare(flask, `at most 1/8 (0.125) of Flask's CPU at ${FEW} watchers`, 0.125, REASON),
  ];
  return { title: 'Fan-out: CPU per delivered event', text, goals };
}

async function measure(
  { name, start, watchers: count, isForwarding, hasNoTick }: Subject,
  ticks: number,
): Promise<Cost> {
  const server = await start(PORT, SETTINGS);
  const watchers = startWatchers();
  try {
    if (!isForwarding) await sendHeartbeatsOnce(PORT, VISITORS);
    const publish = isForwarding ? { publish: publication() } : {};
    await watchers.ask({ type: 'open', port: PORT, path: NCHAN_PATHS.subscribe, count, ...publish });
    await delay(count === FEW ? SETTLE_FEW_MS : SETTLE_MS);
    await untilBetweenTicks(watchers);
    await watchers.ask({ type: 'reset' });
    const pid = server.process.pid!;
    const beforeMs = cpuMs(pid);
    await delay(ticks * TICK_MS);
    const usedMs = cpuMs(pid) - beforeMs;
    const { events, bytes, bursts, openStreams } = await watchers.ask({ type: 'report' });
    const due = ticks * count;
    if (openStreams < count || Math.abs(events - due) > due * EVENT_TOLERANCE) {
      throw new Error(`${name}: ${events} events instead of ${due}, ${openStreams} of ${count} streams open`);
    }
    const delayMs = hasNoTick ? [] : delaysMs(bursts);
    return { cpuMicroseconds: (usedMs * 1000) / events, kib: bytes / 1024 / events, delayMs };
  } finally {
    await watchers.stop();
    await server.stop();
  }
}

/** The delay of the last watcher at each tick but the first. */
function delaysMs(bursts: readonly Burst[]): number[] {
  return bursts.slice(1).map(({ lastMs }, index) => lastMs - bursts[index]!.firstMs - TICK_MS);
}

/** Resolves after a tick is delivered completely, so that measuring starts and ends between ticks. */
async function untilBetweenTicks(watchers: ReturnType<typeof startWatchers>): Promise<void> {
  await watchers.ask({ type: 'reset' });
  let lastEvents = 0;
  for (let poll = 0; poll < 16; poll++) {
    await delay(250);
    const { events } = await watchers.ask({ type: 'report' });
    if (events > 0 && events === lastEvents) return;
    lastEvents = events;
  }
}

/** The event that this service sends. */
function publication(): Publication {
  const uids = Array.from({ length: VISITORS }, (_, index) => uidOf(index));
  const totals = { online_total: VISITORS, active_total: VISITORS, idle_total: 0 };
  const event = { ts: Math.floor(Date.now() / 1000), ...totals, active_uids: uids, idle_uids: [] };
  return { path: NCHAN_PATHS.publish, event, intervalMs: TICK_MS };
}
