import { setTimeout as delay } from 'node:timers/promises';
import type { Burst, Publication } from '../clients/watcher-messages.js';
import { express, flask, installed, type Peer } from '../servers/compared-servers.js';
import { NCHAN_PATHS, nchan } from '../servers/nchan.js';
import { cpuMs } from '../support/cpu.js';
import { beatOnce, uidOf } from '../support/heartbeats.js';
import { type Effort, type Goal, judge, type Section } from '../support/report.js';
import { startService } from '../support/server.js';
import { median, quantile, ratios, summary, table } from '../support/statistics.js';
import { Watchers } from '../support/watchers.js';

interface Subject extends Peer {
  readonly watchers: number;
  /** Its events come from outside, and it takes no heartbeats. */
  readonly isFed?: boolean;
  /** Each watcher has a timer of its own, so that there is no tick to be late for. */
  readonly isUnpaced?: boolean;
}

interface Cost {
  readonly cpuMicroseconds: number;
  readonly kib: number;
  readonly lateMs: readonly number[];
}

const PORT = 8120;
const TICK_MS = 2000;
const VISITORS = 1000;
const MANY = 1000;
const FEW = 100;
// V8 gives back memory for some 20 s after a start and many arrivals, in a few full collections. That is not what events
// cost, and it would be most of what is measured.
const SETTLE_MS = 22_000;
// With few watchers V8 takes longer to find out what is worth compiling, and does so at twice the cost of the events.
const SETTLE_FEW_MS = 90_000;
// Nobody beats while fan-out is measured, and nobody is to leave for that.
const ENVIRONMENT = { ONLINE_WINDOW_SECONDS: '3600', MAX_STREAMS: '2000' };
const service: Peer = { name: 'this service', missing: () => undefined, start: startService };
const FOUND =
  'one CPU profile of 26 s with 100 watchers had 40 % in `writev`, the kernel copying 34 KiB to each of them, which costs Flask the same; the rest is spread over many parts, each of them cold after two seconds of rest';
const SUBJECTS: readonly Subject[] = [
  { ...service, watchers: MANY },
  { ...nchan, watchers: MANY, isFed: true },
  { ...express, watchers: MANY },
  { ...service, watchers: FEW },
  { ...flask, watchers: FEW, isUnpaced: true },
];

/** What an event costs per watcher who gets it, and how late the last watcher gets it. */
export async function benchFanOut({ rounds, seconds }: Effort): Promise<Section> {
  const subjects = installed(SUBJECTS);
  const ticks = Math.ceil(seconds) + 1;
  const costs = subjects.map(() => [] as Cost[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) costs[index]!.push(await measure(subject, ticks));
  }
  const cpu = costs.map((of) => of.map(({ cpuMicroseconds }) => cpuMicroseconds));
  const own = (watchers: number) => cpu[subjects.findIndex((subject) => subject.watchers === watchers)]!;
  const comparisons = subjects.map(({ watchers }, index) => ratios(own(watchers), cpu[index]!));
  const rows = subjects.map(({ name, watchers, isUnpaced }, index) => {
    const lateMs = costs[index]!.flatMap((cost) => cost.lateMs);
    const late = isUnpaced ? '' : `${quantile(lateMs, 0.99).toFixed(0)} (of ${lateMs.length} ticks)`;
    const kib = median(costs[index]!.map((cost) => cost.kib)).toFixed(1);
    return [String(watchers), name, summary(comparisons[index]!, 3), summary(cpu[index]!, 1), kib, late];
  });
  const compared = (peer: Peer, goal: string, most: number, found?: string): Goal[] => {
    const index = subjects.findIndex(({ name }) => name === peer.name);
    return index === -1 ? [] : [judge(goal, median(comparisons[index]!), { most }, 3, found)];
  };
  const head = [
    'watchers',
    'server',
    'this service : it',
    'CPU µs per event',
    'KiB per event',
    'last watcher late, p99 ms',
  ];
  const text = `${table(head, rows)}

${VISITORS} visitors with names of 32 characters, one event every 2 s with all of them, uncompressed. CPU is the server's, all its
processes and the kernel's part included, over ${ticks} ticks, ${SETTLE_MS / 1000} s after the last watcher came (${SETTLE_FEW_MS / 1000} s with ${FEW}, until V8 has compiled what is used), divided by the events that arrived. Nobody beats meanwhile: heartbeats
are measured above. nchan is posted a finished event by somebody else, and only hands it on; the others draw it up. Late is
from when the tick is due, 2 s after the first byte of the last one, to the last byte at the last watcher. Medians of ${rounds}
alternating runs, with the least and the most.`;
  const goals = [
    ...compared(nchan, `at most 1.15 of nchan's CPU at ${MANY} watchers`, 1.15),
    ...compared(flask, `at most 1/8 (0.125) of Flask's CPU at ${FEW} watchers`, 0.125, FOUND),
  ];
  return { title: 'Fan-out: CPU per delivered event', text, goals };
}

async function measure({ name, start, watchers: count, isFed, isUnpaced }: Subject, ticks: number): Promise<Cost> {
  const server = await start(PORT, ENVIRONMENT);
  const watchers = new Watchers();
  try {
    if (!isFed) await beatOnce(PORT, VISITORS);
    const fed = isFed ? { publish: publication() } : {};
    await watchers.tell({ do: 'open', port: PORT, path: NCHAN_PATHS.subscribe, count, ...fed });
    await delay(count === FEW ? SETTLE_FEW_MS : SETTLE_MS);
    await betweenTicks(watchers);
    await watchers.tell({ do: 'begin' });
    const pid = server.process.pid!;
    const before = cpuMs(pid);
    await delay(ticks * TICK_MS);
    const usedMs = cpuMs(pid) - before;
    const { events, bytes, bursts, open } = await watchers.tell({ do: 'report' });
    const due = ticks * count;
    if (open < count || Math.abs(events - due) > due * 0.02) {
      throw new Error(`${name}: ${events} events instead of ${due}, ${open} of ${count} streams open`);
    }
    const lateMs = isUnpaced ? [] : lateness(bursts);
    return { cpuMicroseconds: (usedMs * 1000) / events, kib: bytes / 1024 / events, lateMs };
  } finally {
    await watchers.stop();
    await server.stop();
  }
}

/** How much later than due each tick but the first was with the last watcher. */
function lateness(bursts: readonly Burst[]): number[] {
  return bursts.slice(1).map(({ lastMs }, index) => lastMs - bursts[index]!.firstMs - TICK_MS);
}

/** Waits until the first events are through and a whole tick is, so that none is cut in two. */
async function betweenTicks(watchers: Watchers): Promise<void> {
  await watchers.tell({ do: 'begin' });
  let seen = 0;
  for (let step = 0; step < 16; step++) {
    await delay(250);
    const { events } = await watchers.tell({ do: 'report' });
    if (events > 0 && events === seen) return;
    seen = events;
  }
}

/** The event as this service draws it up. */
function publication(): Publication {
  const uids = Array.from({ length: VISITORS }, (_, index) => uidOf(index));
  const totals = { online_total: VISITORS, active_total: VISITORS, idle_total: 0 };
  const body = JSON.stringify({ ts: Math.floor(Date.now() / 1000), ...totals, active_uids: uids, idle_uids: [] });
  return { path: NCHAN_PATHS.publish, body, intervalMs: TICK_MS };
}
