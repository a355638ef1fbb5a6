import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { build } from 'esbuild';
import { sourceStacks } from '../../src/runtime/source-stack.js';

const SOURCE = `interface Padding { readonly lines: string }

export function fail(): never {
  throw new Error('on line 4');
}
`;

/** The stack of an error that a bundle threw, as Node itself writes it, and the URL of the bundle's folder. */
async function thrownByBundle(t: ExecutionContext, { sourcemap }: { sourcemap: boolean }) {
  // A folder's name may have characters that mean something in a URL or in a regular expression.
  const folder = await mkdtemp(join(tmpdir(), 'bundle (a+b) '));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'fails.ts'), SOURCE);
  const outfile = join(folder, 'dist/service/index.mjs');
  await build({ entryPoints: [join(folder, 'fails.ts')], outfile, format: 'esm', bundle: true, sourcemap });
  const url = pathToFileURL(outfile);
  // In a process of its own: the loader of these tests has source maps enabled.
  const script = `import(${JSON.stringify(url)}).then(({ fail }) => fail()).catch(({ stack }) => process.stdout.write(stack))`;
  const stack = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  return { stack, folder: new URL('.', url).href };
}

test('a trace names the line of the source, and keeps the name of the function', async (t) => {
  const { stack, folder } = await thrownByBundle(t, { sourcemap: true });
  const lines = sourceStacks(folder)(stack).split('\n');
  t.is(lines[0], 'Error: on line 4');
  t.regex(lines[1]!, /^ +at fail \(fails\.ts:4:9\)$/);
  t.deepEqual(lines.slice(2), stack.split('\n').slice(2));
});

test('a trace stays as it is where there is no source map, or none of that place', async (t) => {
  const plain = await thrownByBundle(t, { sourcemap: false });
  t.is(sourceStacks(plain.folder)(plain.stack), plain.stack);
  const mapped = await thrownByBundle(t, { sourcemap: true });
  t.is(sourceStacks('file:///elsewhere/')(mapped.stack), mapped.stack);
  const nowhere = `Error: x\n    at y (${mapped.folder}index.mjs:1:1)\n    at z (node:net:1:2)`;
  t.is(sourceStacks(mapped.folder)(nowhere), nowhere);
});
