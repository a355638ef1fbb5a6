/** Measures the figures of the growth table in a process of its own and prints them as JSON. */
import { median } from 'simple-statistics';
import { freshUids, ServiceCore, timed } from '../support/service-core.js';

/** Microseconds by the number that grows. */
export type Series = readonly (readonly [x: number, microseconds: number])[];

/** All series, by name. */
export interface Growth {
  readonly quietTick: Series;
  readonly quietTickChanges: Series;
  readonly quietTickOnline: Series;
  readonly tickWithHeartbeats: Series;
  readonly heartbeat: Series;
  readonly watchersOnline: Series;
  readonly watchersChanges: Series;
  readonly changed: Series;
}

const VISITORS = [1000, 10_000, 100_000, 1_000_000];
const WATCHERS = [1, 100, 1000];
const CHANGED = [10, 100, 1000, 10_000, 100_000];
const VISITORS_FOR_WATCHERS = 10_000;
const CHANGED_FOR_WATCHERS = 100;
const VISITORS_FOR_CHANGES = 100_000;
const MANY_CHANGES = 10_000;
const ONLINE_WINDOW_MS = 60_000;
const HEARTBEATS_PER_WINDOW = 2;
const TICKS_PER_HEARTBEAT = 15;
const REPEATS = 31;
// Visitors of a site send heartbeats in another order than that of their arrival. A prime, so that each has its turn.
const STRIDE = 7919;

const medianOf = (action: () => number, repeats = REPEATS): number => median(Array.from({ length: repeats }, action));

function measureQuietTick(visitors: number, kind?: 'online' | 'changes'): number {
  const core = new ServiceCore();
  core.takeHeartbeats(freshUids(0, visitors));
  if (kind !== undefined) core.openStreams(kind, 1);
  for (let warmUp = 0; warmUp < REPEATS; warmUp++) core.timedTick();
  return medianOf(() => core.timedTick());
}

/** Visitors that send a heartbeat every 30 s and do nothing else: the cost of a tick and of a heartbeat. */
function measureHeartbeats(visitors: number): { tick: number; heartbeat: number } {
  const core = new ServiceCore(ONLINE_WINDOW_MS);
  const perTick = Math.ceil(visitors / TICKS_PER_HEARTBEAT);
  let next = 0;
  const timedHeartbeats = () => {
    const uids = Array.from({ length: perTick }, () => freshUid((next++ * STRIDE) % visitors));
    return timed(() => core.takeHeartbeats(uids)) / perTick;
  };
  const ticks = 2 * HEARTBEATS_PER_WINDOW * TICKS_PER_HEARTBEAT;
  const run = () => Array.from({ length: ticks }, () => [timedHeartbeats(), core.timedTick()] as const);
  run();
  const measured = run();
  if (core.presence.totals(core.nowMs).online < visitors) throw new Error('A visitor expired in spite of heartbeats.');
  return { heartbeat: median(measured.map(([each]) => each)), tick: median(measured.map(([, tick]) => tick)) };
}

/** A tick whose diff has `changed` visitors that joined, or left, in turn. */
function measureChanges(visitors: number, changed: number, kind: 'online' | 'changes', watchers: number): number {
  const core = new ServiceCore();
  core.takeHeartbeats(freshUids(0, visitors));
  core.openStreams(kind, watchers);
  const uids = freshUids(visitors, visitors + changed);
  let areOnline = false;
  const tick = () => {
    if (areOnline) for (const uid of uids) core.presence.leave({ uid }, core.nowMs);
    else core.takeHeartbeats(uids);
    areOnline = !areOnline;
    return core.timedTick();
  };
  const repeats = changed >= MANY_CHANGES ? 10 : REPEATS - 1;
  for (let warmUp = 0; warmUp < repeats; warmUp++) tick();
  // Joining and leaving differ in cost, and there are as many of each: take the mean.
  return medianOf(() => (tick() + tick()) / 2, repeats / 2);
}

const freshUid = (index: number): string => freshUids(index, index + 1)[0]!;

const series = (xs: readonly number[], measure: (x: number) => number): Series => xs.map((x) => [x, measure(x)]);
const heartbeats = VISITORS.map((visitors) => [visitors, measureHeartbeats(visitors)] as const);
const measureWatchers = (watchers: number, kind: 'online' | 'changes') =>
  measureChanges(VISITORS_FOR_WATCHERS, CHANGED_FOR_WATCHERS, kind, watchers);
const growth: Growth = {
  quietTick: series(VISITORS, (visitors) => measureQuietTick(visitors)),
  quietTickChanges: series(VISITORS, (visitors) => measureQuietTick(visitors, 'changes')),
  quietTickOnline: series(VISITORS, (visitors) => measureQuietTick(visitors, 'online')),
  tickWithHeartbeats: heartbeats.map(([visitors, { tick }]) => [visitors, tick]),
  heartbeat: heartbeats.map(([visitors, { heartbeat }]) => [visitors, heartbeat]),
  watchersOnline: series(WATCHERS, (watchers) => measureWatchers(watchers, 'online')),
  watchersChanges: series(WATCHERS, (watchers) => measureWatchers(watchers, 'changes')),
  changed: series(CHANGED, (changed) => measureChanges(VISITORS_FOR_CHANGES, changed, 'changes', 1)),
};
console.log(JSON.stringify(growth));
