import type { Growth, Series } from '../probes/measure-growth.js';
import { runBundled } from '../support/bundle.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { median, table } from '../support/statistics.js';

const NAMES: Readonly<Record<keyof Growth, string>> = {
  quietTick: 'quiet tick, nobody watches',
  quietTickChanges: 'quiet tick, changes watched',
  quietTickOnline: 'quiet tick, online watched',
  tickOfBeating: 'tick of a crowd that beats',
  heartbeat: 'heartbeat',
  watchersOnline: 'tick, online watched',
  watchersChanges: 'tick, changes watched',
  changed: 'tick, changes watched',
};
const FOUND =
  'no step of it does more than linear work, there is no sorting and no look at others; a hundred thousand names and their columns no longer fit into the caches of the processor as a thousand do, which seems to be it';
const BY_VISITORS = ['quietTick', 'quietTickChanges', 'quietTickOnline', 'tickOfBeating', 'heartbeat'] as const;
const BY_WATCHERS = ['watchersOnline', 'watchersChanges'] as const;
const BY_CHANGES = ['changed'] as const;

/** How costs grow with visitors, watchers and changes. */
export async function benchGrowth({ rounds }: Effort): Promise<Section> {
  const runs: Growth[] = [];
  // Each run takes medians itself.
  for (let round = 0; round < Math.ceil(rounds / 3); round++) runs.push(await runBundled<Growth>('measure-growth'));
  const growth = medians(runs);
  const text = `By visitors:

${seriesTable('visitors', BY_VISITORS, growth)}

By watchers, with 10,000 visitors of whom 100 come or go at each tick:

${seriesTable('watchers', BY_WATCHERS, growth)}

By changes, with 100,000 visitors, of whom so many come or go at each tick:

${seriesTable('changes', BY_CHANGES, growth)}

The parts alone, in one process on one core, with a clock of their own and with watchers whose connections take everything at
once, so without what the kernel does for each of them. Nothing falls due in a quiet tick, and nobody beats. A crowd that
beats does so every 30 s; then the wheel looks at each visitor again once a minute, and that is what grows. An event of
\`/sse/online\` has everybody in it, by contract, whether they changed or not. Medians of ${runs.length} runs.`;
  const last = (series: Series) => series.at(-1)![1];
  const goals = [
    judge(
      'a quiet tick is flat: with 1M visitors at most 2 times that with 1k',
      last(growth.quietTick) / growth.quietTick[0]![1],
      { most: 2 },
    ),
    judge('the same with changes watched', last(growth.quietTickChanges) / growth.quietTickChanges[0]![1], { most: 2 }),
    judge(
      'not worse than linear in what changed, from 1,000 on: exponent at most 1.1',
      exponent(growth.changed.slice(2)),
      { most: 1.1 },
      2,
      FOUND,
    ),
    judge('not worse than linear in watchers: exponent at most 1.1', exponent(growth.watchersChanges), { most: 1.1 }),
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

/** The power of x that y grows with: the slope of the straight line that is closest to the logarithms. */
function exponent(series: Series): number {
  const points = series.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (pick: 0 | 1) => points.reduce((sum, point) => sum + point[pick], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
