// Bundles the files for browsers into dist/web, from where the service serves them. Part of `npm run build`.
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const root = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const from = (path) => root(`src/web/${path}`);
const to = (path) => root(`dist/web/${path}`);
const shared = { bundle: true, minify: true, legalComments: 'none', target: ['es2020'], charset: 'utf8' };

/** The files with the public types, by the name under which they are served as one file. */
const DECLARATIONS = {
  'client.d.mts': ['client/api.d.ts', 'client/client.d.ts'],
  'elements.d.mts': ['elements/api.d.ts'],
};

/** Writes the types that TypeScript programs load: what tsc emits for the public types, without imports. */
async function buildDeclarations() {
  const directory = await mkdtemp(join(tmpdir(), 'presence-declarations-'));
  try {
    const tsc = root('node_modules/typescript/bin/tsc');
    const project = from('tsconfig.declarations.json');
    await promisify(execFile)(process.execPath, [tsc, '-p', project, '--outDir', directory]);
    for (const [outfile, names] of Object.entries(DECLARATIONS)) {
      const files = await Promise.all(names.map((name) => readFile(join(directory, 'web', name), 'utf8')));
      // All public types are in these files, so that no import is needed once they are one.
      await writeFile(to(outfile), files.join('').replaceAll(/^(import|export) .* from '.*';\n/gm, ''));
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}

await Promise.all([
  build({
    ...shared,
    entryPoints: [from('client/script.ts')],
    outfile: to('client.js'),
    format: 'iife',
    // A classic script has no import.meta; script.ts passes the service's address instead.
    define: { 'import.meta.url': '""' },
  }),
  build({ ...shared, entryPoints: [from('client/client.ts')], outfile: to('client.mjs'), format: 'esm' }),
  build({
    ...shared,
    entryPoints: [from('elements/script.ts')],
    outfile: to('elements.js'),
    format: 'iife',
    // The oldest with private members of classes, which would make the script a quarter larger otherwise.
    target: ['chrome84', 'firefox90', 'safari15'],
    define: { 'import.meta.url': '""' },
  }),
  build({
    ...shared,
    entryPoints: [from('dashboard/dashboard.ts')],
    outfile: to('dashboard.js'),
    format: 'esm',
    target: ['es2022'],
  }),
  build({ ...shared, entryPoints: [from('dashboard/dashboard.css')], outfile: to('dashboard.css') }),
]);
await Promise.all([copyFile(from('dashboard/dashboard.html'), to('dashboard.html')), buildDeclarations()]);
