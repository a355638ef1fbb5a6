import { setTimeout as delay } from 'node:timers/promises';
import { beatOnce } from '../support/heartbeats.js';
import { startProbed } from '../support/probed-service.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { median, summary, table } from '../support/statistics.js';
import { Watchers } from '../support/watchers.js';

const PORT = 8160;
const VISITORS = 100_000;
const WATCHERS_OF_EACH = 5;
const ACTIVE_SECONDS = 10;
const ENVIRONMENT = { ONLINE_WINDOW_SECONDS: '3600', ACTIVE_WINDOW_SECONDS: String(ACTIVE_SECONDS) };
const FOUND =
  'the parts of a tick have turns of their own; the longest, letting everybody turn idle, took 10 to 23 ms by itself, and the others 5 to 10 ms each';
const WATCHED = [
  { name: '`/sse/changes` is watched', paths: ['/sse/changes'] },
  { name: '`/sse/online` is watched', paths: ['/sse/online'] },
  { name: 'both are watched', paths: ['/sse/online', '/sse/changes'] },
] as const;

/** For how long nothing else is done when everybody changes at once. */
export async function benchStalls({ rounds }: Effort): Promise<Section> {
  const stallMs = WATCHED.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { paths }] of WATCHED.entries()) stallMs[index]!.push(await measure(paths));
  }
  const rows = WATCHED.map(({ name }, index) => [name, summary(stallMs[index]!)]);
  const text = `${table(['', 'longest stall, ms'], rows)}

${VISITORS} visitors, all active, turn idle in the same millisecond; ${WATCHERS_OF_EACH} watchers of each kind. The longest time that the event
loop stood still, as Node's own histogram of its delay tells, from 2 s before to 3 s after. Medians of ${rounds} alternating runs,
with the least and the most.`;
  const goals = [judge('at most 50 ms, whoever watches', Math.max(...stallMs.map(median)), { most: 50 }, 0, FOUND)];
  return { title: 'Event loop: everybody changes at once', text, goals };
}

async function measure(paths: readonly string[]): Promise<number> {
  const server = await startProbed(PORT, ENVIRONMENT);
  const watchers = new Watchers();
  try {
    const touched = Math.floor(Date.now() / 1000);
    await beatOnce(PORT, VISITORS, touched);
    for (const path of paths) await watchers.tell({ do: 'open', port: PORT, path, count: WATCHERS_OF_EACH });
    const turnMs = (touched + ACTIVE_SECONDS) * 1000;
    const settledMs = turnMs - 2000 - Date.now();
    if (settledMs < 2000) throw new Error('The heartbeats took too long for everybody to change at once.');
    await delay(settledMs);
    await server.forgetStalls();
    await delay(5000);
    return await server.longestStallMs();
  } finally {
    await watchers.stop();
    await server.stop();
  }
}
