import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const OPTIONS = ['--strict', '--exactOptionalPropertyTypes', '--noEmit', '--module', 'nodenext', '--lib', 'es2022'];

/**
 * Checks a TypeScript program in a folder of its own.
 *
 * @param files texts by name
 * @param main the file to check
 * @param prepare adds to the folder, such as packages
 * @returns what the compiler reports; empty when nothing is wrong
 */
export async function checkTypes(
  t: ExecutionContext,
  files: Readonly<Record<string, string>>,
  main: string,
  options: readonly string[] = [],
  prepare: (directory: string) => void = () => {},
): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'types-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  prepare(directory);
  const args = [TSC, ...OPTIONS, ...options, '--types', '', main];
  return promisify(execFile)(process.execPath, args, { cwd: directory }).then(
    ({ stdout }) => stdout,
    (error) => String(error.stdout),
  );
}
