import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { onCore } from './machine.js';

const TIMEOUT_MS = 240_000;

/**
 * Runs a script of `bench/probes` on core 0, in a process of its own, and returns the JSON that it prints. The script is
 * bundled first: the code that tsx adds to keep function names costs more than some of the measured functions.
 */
export async function runBundled<T>(name: string, args: readonly (string | number)[] = []): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const outfile = join(folder, `${name}.mjs`);
    const entry = new URL(`../probes/${name}.ts`, import.meta.url).pathname;
    await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' });
    const [program, ...rest] = [...onCore(0), process.execPath, outfile, ...args.map(String)];
    const { stdout } = await promisify(execFile)(program!, rest, { timeout: TIMEOUT_MS });
    return JSON.parse(stdout) as T;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
