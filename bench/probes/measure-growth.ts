/** Takes the figures of the growth table, in a process of its own, and prints them as JSON. */

import { freshUids, timed, World } from '../support/service-core.js';
import { median } from '../support/statistics.js';

/** Microseconds by what grows. */
export type Series = readonly (readonly [x: number, microseconds: number])[];

/** What is measured, by name. */
export interface Growth {
  readonly quietTick: Series;
  readonly quietTickChanges: Series;
  readonly quietTickOnline: Series;
  readonly tickOfBeating: Series;
  readonly heartbeat: Series;
  readonly watchersOnline: Series;
  readonly watchersChanges: Series;
  readonly changed: Series;
}

const VISITORS = [1000, 10_000, 100_000, 1_000_000];
const WATCHERS = [1, 100, 1000];
const CHANGED = [10, 100, 1000, 10_000, 100_000];
const SOME = 10_000;
const MANY = 100_000;
const FEW_CHANGES = 100;
const BEATS_PER_WINDOW = 2;
const ONLINE_WINDOW_MS = 60_000;
const TICKS_PER_BEAT = 15;
const REPEATS = 31;
// Visitors follow each other at random on a site, not in the order in which they came.
const STRIDE = 7919;

const repeated = (action: () => number, repeats = REPEATS): number => median(Array.from({ length: repeats }, action));

function quiet(visitors: number, kind?: 'online' | 'changes'): number {
  const world = new World();
  world.beat(freshUids(0, visitors));
  if (kind !== undefined) world.watch(kind, 1);
  for (let warm = 0; warm < REPEATS; warm++) world.timedTick();
  return repeated(() => world.timedTick());
}

/** A crowd that beats every 30 s and does nothing else: what a tick and a heartbeat cost. */
function beating(visitors: number): { tick: number; heartbeat: number } {
  const world = new World(ONLINE_WINDOW_MS);
  const perTick = Math.ceil(visitors / TICKS_PER_BEAT);
  let next = 0;
  const beat = () => {
    const uids = Array.from({ length: perTick }, () => freshUid((next++ * STRIDE) % visitors));
    return timed(() => world.beat(uids)) / perTick;
  };
  for (let warm = 0; warm < 2 * BEATS_PER_WINDOW * TICKS_PER_BEAT; warm++) {
    beat();
    world.timedTick();
  }
  const [heartbeats, ticks]: [number[], number[]] = [[], []];
  for (let repeat = 0; repeat < 2 * BEATS_PER_WINDOW * TICKS_PER_BEAT; repeat++) {
    heartbeats.push(beat());
    ticks.push(world.timedTick());
  }
  if (world.presence.totals(world.nowMs).online < visitors) throw new Error('Somebody was forgotten.');
  return { tick: median(ticks), heartbeat: median(heartbeats) };
}

/** A tick that tells `changed` newcomers or goners, in turn. */
function changing(visitors: number, changed: number, kind: 'online' | 'changes', watchers: number): number {
  const world = new World();
  world.beat(freshUids(0, visitors));
  world.watch(kind, watchers);
  const some = freshUids(visitors, visitors + changed);
  let isHere = false;
  const tick = () => {
    if (isHere) for (const uid of some) world.presence.leave({ uid }, world.nowMs);
    else world.beat(some);
    isHere = !isHere;
    return world.timedTick();
  };
  const repeats = changed >= SOME ? 10 : REPEATS - 1;
  for (let warm = 0; warm < repeats; warm++) tick();
  // Coming and going cost differently; there are as many of each.
  return repeated(() => (tick() + tick()) / 2, repeats / 2);
}

const freshUid = (index: number): string => freshUids(index, index + 1)[0]!;

const of = (grows: readonly number[], measure: (x: number) => number): Series => grows.map((x) => [x, measure(x)]);
const crowds = VISITORS.map((visitors) => [visitors, beating(visitors)] as const);
const growth: Growth = {
  quietTick: of(VISITORS, (visitors) => quiet(visitors)),
  quietTickChanges: of(VISITORS, (visitors) => quiet(visitors, 'changes')),
  quietTickOnline: of(VISITORS, (visitors) => quiet(visitors, 'online')),
  tickOfBeating: crowds.map(([visitors, { tick }]) => [visitors, tick]),
  heartbeat: crowds.map(([visitors, { heartbeat }]) => [visitors, heartbeat]),
  watchersOnline: of(WATCHERS, (watchers) => changing(SOME, FEW_CHANGES, 'online', watchers)),
  watchersChanges: of(WATCHERS, (watchers) => changing(SOME, FEW_CHANGES, 'changes', watchers)),
  changed: of(CHANGED, (changed) => changing(MANY, changed, 'changes', 1)),
};
console.log(JSON.stringify(growth));
