/**
 * `npm run bench:micro`: the pure parts alone, in one process, without server and sockets.
 *
 *     npm run bench:micro -- --visitors 100000 --repeats 30
 */
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { median } from 'simple-statistics';
import type { PartTimes } from './probes/measure-micro.js';
import { machineLine } from './support/machine.js';
import { table } from './support/markdown.js';
import { readCommandLine } from './support/options.js';
import { runBundled } from './support/run-bundled.js';
import { spread } from './support/statistics.js';

/** How much work a micro-benchmark does. */
export interface MicroOptions {
  readonly visitors: number;
  readonly repeats: number;
}

/** Measures each part. */
export const runMicro = ({ visitors, repeats }: MicroOptions): Promise<PartTimes[]> =>
  runBundled('measure-micro', [visitors, repeats]);

async function main(): Promise<void> {
  const { options } = readCommandLine('bench:micro', { visitors: 10_000, repeats: 30 });
  const rows = (await runMicro(options)).map(({ name, microseconds }) => [
    name,
    median(microseconds).toFixed(3),
    spread(microseconds, 3),
  ]);
  console.log(`${machineLine()}; ${options.visitors} visitors\n\n${table(['part', 'median µs', 'range µs'], rows)}`);
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) await main();
