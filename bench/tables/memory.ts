import { setTimeout as delay } from 'node:timers/promises';
import { beatOnce } from '../support/heartbeats.js';
import { startProbed, type Usage } from '../support/probed-service.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { median, summary, table } from '../support/statistics.js';
import { Watchers } from '../support/watchers.js';

interface Each {
  readonly usedBytes: number;
  readonly rssBytes: number;
}

const PORT = 8140;
const WARM_UP = 1000;
const VISITORS = 100_000;
const WATCHERS = 1000;
const ENVIRONMENT = { ONLINE_WINDOW_SECONDS: '3600', MAX_STREAMS: '2000' };
const GZIP = 'Accept-Encoding: gzip\r\n';
const KINDS = [
  { name: '`/sse/online`, plain', path: '/sse/online', headers: '' },
  { name: '`/sse/online`, gzip', path: '/sse/online', headers: GZIP },
  { name: '`/sse/changes`, gzip', path: '/sse/changes', headers: GZIP },
];

/** What a visitor and what a watcher take, after garbage collection. */
export async function benchMemory({ rounds }: Effort): Promise<Section> {
  const perVisitor: Each[] = [];
  const perWatcher = KINDS.map(() => [] as Each[]);
  for (let round = 0; round < Math.min(rounds, 2); round++) {
    perVisitor.push(await measureVisitors());
    for (const [index, kind] of KINDS.entries()) perWatcher[index]!.push(await measureWatchers(kind));
  }
  const used = (of: readonly Each[]) => of.map(({ usedBytes }) => usedBytes);
  const row = (name: string, of: readonly Each[]) => [
    name,
    summary(used(of)),
    summary(of.map((each) => each.rssBytes)),
  ];
  const rows = [
    row(`a visitor, of ${VISITORS}`, perVisitor),
    ...KINDS.map(({ name }, index) => row(`a watcher of ${name}, of ${WATCHERS}`, perWatcher[index]!)),
  ];
  const text = `${table(['', 'bytes in use', 'bytes resident'], rows)}

The difference in the service's own process before and after, each time after garbage collection, by their number. In use is
V8's heap and what it holds outside; resident is what the process has of the machine, slack included. Names of 32
characters. Medians of ${Math.min(rounds, 2)} runs, with the least and the most.`;
  const goals = [
    judge('at most 200 bytes per visitor', median(used(perVisitor)), { most: 200 }, 0),
    judge(
      'at most 16,384 bytes per watcher',
      Math.max(...perWatcher.map((of) => median(used(of)))),
      { most: 16_384 },
      0,
    ),
  ];
  return { title: 'Memory', text, goals };
}

async function measureVisitors(): Promise<Each> {
  const server = await startProbed(PORT, ENVIRONMENT);
  try {
    // What the first heartbeats bring with them, compiled code above all, is no visitor's.
    await beatOnce(PORT, WARM_UP);
    const before = await server.usage();
    await beatOnce(PORT, VISITORS + WARM_UP);
    // The tick tells followers of changes, and forgets its notes.
    await delay(2500);
    return difference(before, await server.usage(), VISITORS);
  } finally {
    await server.stop();
  }
}

async function measureWatchers({ path, headers }: { path: string; headers: string }): Promise<Each> {
  const server = await startProbed(PORT, ENVIRONMENT);
  const watchers = new Watchers();
  try {
    await beatOnce(PORT, WARM_UP);
    await watchers.tell({ do: 'open', port: PORT, path, headers, count: 1 });
    await delay(2500);
    const before = await server.usage();
    await watchers.tell({ do: 'open', port: PORT, path, headers, count: WATCHERS });
    await delay(4500);
    return difference(before, await server.usage(), WATCHERS);
  } finally {
    await watchers.stop();
    await server.stop();
  }
}

function difference(before: Usage, after: Usage, count: number): Each {
  return {
    usedBytes: (after.usedBytes - before.usedBytes) / count,
    rssBytes: (after.rssBytes - before.rssBytes) / count,
  };
}
