import { setTimeout as delay } from 'node:timers/promises';
import { median } from 'simple-statistics';
import { alternate } from '../support/alternate.js';
import { startWatchers } from '../support/client-process.js';
import { sendHeartbeatsOnce } from '../support/heartbeats.js';
import { table } from '../support/markdown.js';
import { type MemoryUse, startProbedService } from '../support/probed-service.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { summary } from '../support/statistics.js';

interface Subject {
  readonly name: string;
  readonly measure: () => Promise<MemoryUse>;
}

const PORT = 8140;
const TICK_MS = 2000;
const MARGIN_MS = 500;
const WARM_UP_VISITORS = 1000;
const VISITORS = 100_000;
const WATCHERS = 1000;
const MAX_ROUNDS = 2;
const SETTINGS = { ONLINE_WINDOW_SECONDS: '3600', MAX_STREAMS: '2000' };
const GZIP = 'Accept-Encoding: gzip\r\n';
const watcherOf = (name: string, path: string, headers: string): Subject => ({
  name: `a watcher of \`${path}\`, ${name}, of ${WATCHERS}`,
  measure: () => measureWatchers(path, headers),
});
const SUBJECTS: readonly Subject[] = [
  { name: `a visitor, of ${VISITORS}`, measure: measureVisitors },
  watcherOf('plain', '/sse/online', ''),
  watcherOf('gzip', '/sse/online', GZIP),
  watcherOf('gzip', '/sse/changes', GZIP),
];

/** The memory of a visitor and of a watcher, after garbage collection. */
export async function benchMemory({ rounds }: Effort): Promise<Section> {
  const count = Math.min(rounds, MAX_ROUNDS);
  const uses = await alternate(count, SUBJECTS, ({ measure }) => measure());
  const used = uses.map((of) => of.map(({ usedBytes }) => usedBytes));
  const resident = uses.map((of) => of.map(({ rssBytes }) => rssBytes));
  const rows = SUBJECTS.map(({ name }, index) => [name, summary(used[index]!), summary(resident[index]!)]);
  const text = `${table(['', 'bytes in use', 'bytes resident'], rows)}

The growth of the service's process, measured after garbage collection, divided by the number of visitors or watchers. In use
is V8's heap and the memory that it refers to outside; resident is the memory of the process, unused parts included. Uids have
32 characters. Rounds: ${count}.`;
  const [perVisitor, ...perWatcher] = used.map((of) => median(of)) as [number, ...number[]];
  const goals = [
    judge('at most 200 bytes per visitor', perVisitor, { atMost: 200 }, { digits: 0 }),
    judge('at most 16,384 bytes per watcher', Math.max(...perWatcher), { atMost: 16_384 }, { digits: 0 }),
  ];
  return { title: 'Memory', text, goals };
}

async function measureVisitors(): Promise<MemoryUse> {
  const server = await startProbedService(PORT, SETTINGS);
  try {
    // Leaves out what only the first heartbeats allocate, above all compiled code.
    await sendHeartbeatsOnce(PORT, WARM_UP_VISITORS);
    const before = await server.memoryUse();
    await sendHeartbeatsOnce(PORT, VISITORS + WARM_UP_VISITORS);
    // The next tick flushes the diff, which holds all new visitors.
    await delay(TICK_MS + MARGIN_MS);
    return growthPerItem(before, await server.memoryUse(), VISITORS);
  } finally {
    await server.stop();
  }
}

async function measureWatchers(path: string, headers: string): Promise<MemoryUse> {
  const server = await startProbedService(PORT, SETTINGS);
  const watchers = startWatchers();
  try {
    await sendHeartbeatsOnce(PORT, WARM_UP_VISITORS);
    await watchers.ask({ type: 'open', port: PORT, path, headers, count: 1 });
    await delay(TICK_MS + MARGIN_MS);
    const before = await server.memoryUse();
    await watchers.ask({ type: 'open', port: PORT, path, headers, count: WATCHERS });
    await delay(2 * TICK_MS + MARGIN_MS);
    return growthPerItem(before, await server.memoryUse(), WATCHERS);
  } finally {
    await watchers.stop();
    await server.stop();
  }
}

const growthPerItem = (before: MemoryUse, after: MemoryUse, count: number): MemoryUse => ({
  usedBytes: (after.usedBytes - before.usedBytes) / count,
  rssBytes: (after.rssBytes - before.rssBytes) / count,
});
