/**
 * `npm run bench`: all tables, or those that are named; about half an hour. `--rounds` and `--seconds` set how long each
 * takes. What is found is printed, and kept in `bench/results/`.
 *
 *     npm run bench -- hits --rounds 5 --seconds 4
 */
import { parseArgs } from 'node:util';
import { generatorLine } from './support/closed-loop-load.js';
import { hasProgram, machineLine, stayOnCore } from './support/machine.js';
import { render, writeSection } from './support/report.js';
import { versionsLine } from './support/versions.js';
import { benchFanOut } from './tables/fanout.js';
import { benchGrowth } from './tables/growth.js';
import { benchHits } from './tables/hits.js';
import { benchInstances } from './tables/instances.js';
import { benchLatency } from './tables/latency.js';
import { benchMemory } from './tables/memory.js';
import { benchStalls } from './tables/stalls.js';
import { benchStart } from './tables/start.js';
import { benchStreams } from './tables/streams.js';

const TABLES = {
  hits: benchHits,
  latency: benchLatency,
  fanout: benchFanOut,
  streams: benchStreams,
  growth: benchGrowth,
  memory: benchMemory,
  start: benchStart,
  stalls: benchStalls,
  instances: benchInstances,
} as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '3' } },
});
const names = Object.keys(TABLES) as (keyof typeof TABLES)[];
const unknown = positionals.find((name) => !names.some((known) => known === name));
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
if (unknown !== undefined || !(rounds >= 1) || !(seconds >= 1)) {
  console.error(`Usage: npm run bench -- [${names.join('|')}]... [--rounds N] [--seconds N]`);
  process.exit(1);
}

const header = `# Measured

${machineLine()}; ${generatorLine()}.

${versionsLine()}.

Written by \`npm run bench\`. Absolute figures are this machine's, and mean little elsewhere; ratios are what counts.`;
stayOnCore(1);
if (!hasProgram('taskset')) console.log('Cores are not pinned: install the Debian package util-linux.');
console.log(`${header}\n`);
for (const name of names.filter((each) => positionals.length === 0 || positionals.includes(each))) {
  const date = new Date().toISOString().slice(0, 10);
  const section = await TABLES[name]({ rounds, seconds });
  console.log(`${render(section, date)}\n`);
  writeSection(name, names, header, section, date);
}
