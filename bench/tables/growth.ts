import { median } from 'simple-statistics';
import type { Growth, Series } from '../probes/measure-growth.js';
import { table } from '../support/markdown.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { runBundled } from '../support/run-bundled.js';
import { slope } from '../support/statistics.js';

const NAMES: Readonly<Record<keyof Growth, string>> = {
  quietTick: 'quiet tick, no watcher',
  quietTickChanges: 'quiet tick, `/sse/changes` watched',
  quietTickOnline: 'quiet tick, `/sse/online` watched',
  tickWithHeartbeats: 'tick with heartbeats',
  heartbeat: 'heartbeat',
  watchersOnline: 'tick, `/sse/online` watched',
  watchersChanges: 'tick, `/sse/changes` watched',
  changed: 'tick, `/sse/changes` watched',
};
const REASON =
  "every step is linear, nothing is sorted and no other visitor is read; the likely reason is that a hundred thousand uids and their columns do not fit into the processor's caches, as a thousand do";
const BY_VISITORS = ['quietTick', 'quietTickChanges', 'quietTickOnline', 'tickWithHeartbeats', 'heartbeat'] as const;
const BY_WATCHERS = ['watchersOnline', 'watchersChanges'] as const;
const BY_CHANGES = ['changed'] as const;

/** How costs grow with visitors, watchers and changes. */
export async function benchGrowth({ rounds }: Effort): Promise<Section> {
  // A run takes medians itself, so fewer runs are needed.
  const count = Math.ceil(rounds / 3);
  const runs: Growth[] = [];
  while (runs.length < count) runs.push(await runBundled<Growth>('measure-growth'));
  const growth = medians(runs);
  const text = `By visitors:

${seriesTable('visitors', BY_VISITORS, growth)}

By watchers, with 10,000 visitors, of whom 100 join or leave at each tick:

${seriesTable('watchers', BY_WATCHERS, growth)}

By changes, with 100,000 visitors; each change is a visitor that joins or leaves at a tick:

${seriesTable('changes', BY_CHANGES, growth)}

The parts run alone in one process on one core, on a manual clock. The connections of the watchers accept all bytes at once,
so the kernel's part of the work is left out. In a quiet tick nothing expires and no heartbeat arrives. In a tick with
heartbeats, each visitor sends one every 30 s and does nothing else; the timing wheel checks each visitor once a minute, and
this part grows. An event of \`/sse/online\` contains all visitors, by contract, whether they changed or not. Rounds: ${count}.`;
  const goals = [
    judge('a quiet tick with 1M visitors costs at most 2 times that with 1k', growthOf(growth.quietTick), {
      atMost: 2,
    }),
    judge('the same with `/sse/changes` watched', growthOf(growth.quietTickChanges), { atMost: 2 }),
    judge(
      'at most linear in changes, from 1,000 on: exponent at most 1.1',
      exponent(growth.changed.slice(2)),
      { atMost: 1.1 },
      { reason: REASON },
    ),
    judge('at most linear in watchers: exponent at most 1.1', exponent(growth.watchersChanges), { atMost: 1.1 }),
  ];
  return { title: 'Growth', text, goals };
}

function medians(runs: readonly Growth[]): Growth {
  const entries = (Object.keys(NAMES) as (keyof Growth)[]).map((name) => {
    const series = runs[0]![name].map(([x], index) => [x, median(runs.map((each) => each[name][index]![1]))]);
    return [name, series];
  });
  return Object.fromEntries(entries) as Growth;
}

function seriesTable(grows: string, names: readonly (keyof Growth)[], growth: Growth): string {
  const rows = growth[names[0]!].map(([x], index) => [
    x.toLocaleString('en'),
    ...names.map((name) => microseconds(growth[name][index]![1])),
  ]);
  return table([grows, ...names.map((name) => `${NAMES[name]}, µs`)], rows);
}

const microseconds = (value: number): string => value.toFixed(value < 10 ? 2 : 0);

/** The last value divided by the first. */
const growthOf = (series: Series): number => series.at(-1)![1] / series[0]![1];

/** The power of x that y grows with: the slope on logarithmic axes. */
const exponent = (series: Series): number => slope(series.map(([x, y]) => [Math.log(x), Math.log(y)] as const));
