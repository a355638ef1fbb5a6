/**
 * The pure parts by themselves: `npm run bench:micro`. In one process, without server or sockets.
 *
 *     npm run bench:micro -- --visitors 100000 --repeats 30
 */
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { MicroResult } from './probes/measure-micro.js';
import { runBundled } from './support/bundle.js';
import { machineLine } from './support/machine.js';
import { median, spread, table } from './support/statistics.js';

/** How much is done. */
export interface MicroOptions {
  readonly visitors: number;
  readonly repeats: number;
}

/** Measures each part. */
export const runMicro = ({ visitors, repeats }: MicroOptions): Promise<MicroResult[]> =>
  runBundled('measure-micro', [visitors, repeats]);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { visitors: { type: 'string', default: '10000' }, repeats: { type: 'string', default: '30' } },
  });
  const [visitors, repeats] = [Number(values.visitors), Number(values.repeats)];
  if (!(visitors >= 1) || !(repeats >= 1)) {
    console.error('Usage: npm run bench:micro -- [--visitors N] [--repeats N]');
    process.exit(1);
  }
  const rows = (await runMicro({ visitors, repeats })).map(({ name, microseconds }) => [
    name,
    median(microseconds).toFixed(3),
    spread(microseconds, 3),
  ]);
  console.log(`${machineLine()}; ${visitors} visitors\n\n${table(['part', 'median µs', 'spread µs'], rows)}`);
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) await main();
