import { setTimeout as delay } from 'node:timers/promises';
import { median } from 'simple-statistics';
import { alternate } from '../support/alternate.js';
import { runOpenLoopLoad, startWatchers } from '../support/client-process.js';
import { sendHeartbeatsOnce } from '../support/heartbeats.js';
import { table } from '../support/markdown.js';
import { startProbedService } from '../support/probed-service.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { summary } from '../support/statistics.js';

const PORT = 8160;
const VISITORS = 100_000;
const WATCHERS_PER_STREAM = 5;
const ACTIVE_SECONDS = 30;
const BEFORE_MS = 2000;
const AFTER_MS = 3000;
const MIN_SETTLE_MS = 2000;
const HEARTBEATS_PER_SECOND = 1000;
const SETTINGS = { ONLINE_WINDOW_SECONDS: '3600', ACTIVE_WINDOW_SECONDS: String(ACTIVE_SECONDS) };
const REASON =
  'the work is spread over turns of the event loop, but code that has not run for a while is slow at first, and garbage is collected';
const SUBJECTS = [
  { name: '`/sse/changes`', paths: ['/sse/changes'] },
  { name: '`/sse/online`', paths: ['/sse/online'] },
  { name: 'both', paths: ['/sse/online', '/sse/changes'] },
];

/** How long the event loop is blocked when all visitors change at once. */
export async function benchStalls({ rounds }: Effort): Promise<Section> {
  const runs = await alternate(rounds, SUBJECTS, ({ paths }) => measure(paths));
  const stallMs = runs.map((of) => of.map((run) => run.stallMs));
  const p99Ms = runs.map((of) => of.map((run) => run.p99Ms));
  const rows = SUBJECTS.map(({ name }, index) => [name, summary(stallMs[index]!), summary(p99Ms[index]!, 1)]);
  const text = `${table(['watched stream', 'longest stall, ms', 'heartbeats meanwhile, p99, ms'], rows)}

${VISITORS} active visitors turn idle in the same millisecond; ${WATCHERS_PER_STREAM} watchers of each stream. The longest time that the event
loop was blocked, by Node's histogram of its delay, from ${BEFORE_MS / 1000} s before to ${AFTER_MS / 1000} s after the change. Meanwhile other visitors send
${HEARTBEATS_PER_SECOND} heartbeats per second, whether or not earlier ones are answered. Rounds: ${rounds}.`;
  const worstMs = Math.max(...stallMs.map((of) => median(of)));
  const worstP99Ms = Math.max(...p99Ms.map((of) => median(of)));
  const goals = [
    judge('at most 50 ms, whatever is watched', worstMs, { atMost: 50 }, { digits: 0, reason: REASON }),
    judge('p99 of heartbeats meanwhile at most 20 ms', worstP99Ms, { atMost: 20 }, { digits: 1, reason: REASON }),
  ];
  return { title: 'Event loop: all visitors change at once', text, goals };
}

async function measure(paths: readonly string[]): Promise<{ stallMs: number; p99Ms: number }> {
  const server = await startProbedService(PORT, SETTINGS);
  const watchers = startWatchers();
  try {
    const lastActivity = Math.floor(Date.now() / 1000);
    await sendHeartbeatsOnce(PORT, VISITORS, lastActivity);
    for (const path of paths) await watchers.ask({ type: 'open', port: PORT, path, count: WATCHERS_PER_STREAM });
    const changeMs = (lastActivity + ACTIVE_SECONDS) * 1000;
    const settleMs = changeMs - BEFORE_MS - Date.now();
    if (settleMs < MIN_SETTLE_MS)
      throw new Error('Sending the heartbeats took too long: the first visitors are idle soon.');
    await delay(settleMs);
    await server.resetStalls();
    const seconds = (BEFORE_MS + AFTER_MS) / 1000;
    const load = { port: PORT, perSecond: HEARTBEATS_PER_SECOND, seconds, firstVisitor: VISITORS };
    const { p99Ms } = await runOpenLoopLoad(load);
    return { stallMs: await server.longestStallMs(), p99Ms };
  } finally {
    await watchers.stop();
    await server.stop();
  }
}
