// Bundles what browsers get into dist/web, where the service serves it from. Part of `npm run build`.
import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const from = (path) => fileURLToPath(new URL(`../src/web/${path}`, import.meta.url));
const to = (path) => fileURLToPath(new URL(`../dist/web/${path}`, import.meta.url));
const shared = { bundle: true, minify: true, legalComments: 'none', target: ['es2020'], charset: 'utf8' };

// A classic script has no address of its own in import.meta; script.ts hands it on.
const noMeta = { 'import.meta.url': '""' };
await build({
  ...shared,
  entryPoints: [from('client/script.ts')],
  outfile: to('client.js'),
  format: 'iife',
  define: noMeta,
});
await build({ ...shared, entryPoints: [from('client/client.ts')], outfile: to('client.mjs'), format: 'esm' });
await build({
  ...shared,
  entryPoints: [from('dashboard/dashboard.ts')],
  outfile: to('dashboard.js'),
  format: 'esm',
  target: ['es2022'],
});
await build({ ...shared, entryPoints: [from('dashboard/dashboard.css')], outfile: to('dashboard.css') });
await copyFile(from('dashboard/dashboard.html'), to('dashboard.html'));
await copyFile(from('client/client.d.mts'), to('client.d.mts'));
