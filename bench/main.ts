/**
 * `npm run bench`: measures all tables, or the named ones; about half an hour. `--rounds` and `--seconds` set how long each
 * table takes. Prints the results and writes them to `bench/results/results.md`, or to a file of its own for a Node other
 * than 20: all processes run on the Node that runs this one.
 *
 *     npm run bench -- hits --rounds 5 --seconds 4
 */
import { hasProgram, machineLine, pinToCore } from './support/machine.js';
import { readCommandLine } from './support/options.js';
import { HEADING, render, writeSection } from './support/report.js';
import { measuredCommit } from './support/versions.js';
import { benchDelays } from './tables/delays.js';
import { benchFanOut } from './tables/fanout.js';
import { benchGrowth } from './tables/growth.js';
import { benchHits } from './tables/hits.js';
import { benchInstances } from './tables/instances.js';
import { benchLatency } from './tables/latency.js';
import { benchMemory } from './tables/memory.js';
import { benchReplica } from './tables/replica.js';
import { benchStalls } from './tables/stalls.js';
import { benchStart } from './tables/start.js';
import { benchStreams } from './tables/streams.js';
import { benchViews } from './tables/views.js';

/** In the order of the file of results. */
const TABLES = {
  hits: benchHits,
  views: benchViews,
  latency: benchLatency,
  delays: benchDelays,
  fanout: benchFanOut,
  streams: benchStreams,
  growth: benchGrowth,
  memory: benchMemory,
  start: benchStart,
  stalls: benchStalls,
  instances: benchInstances,
  replica: benchReplica,
} as const;

const names = Object.keys(TABLES) as (keyof typeof TABLES)[];
const { options, words } = readCommandLine('bench', { rounds: 3, seconds: 3 }, names);
const header = `${HEADING}

Written by \`npm run bench\`. Each section names the commit that it was measured at; its figures say nothing about later
commits. Absolute figures depend on the machine; compare ratios. Each round measures all rows in turn. Cells
show the median of the rounds, most with minimum and maximum in brackets.`;
const origin = { date: new Date().toISOString().slice(0, 10), commit: measuredCommit(), machine: machineLine() };
pinToCore(1);
if (!hasProgram('taskset')) console.log('Processes are not pinned to cores. Install the Debian package util-linux.');
console.log(`${header}\n`);
for (const name of names.filter((each) => words.length === 0 || words.includes(each))) {
  const markdown = render(await TABLES[name](options), origin);
  console.log(`${markdown}\n`);
  writeSection(name, names, header, markdown);
}
