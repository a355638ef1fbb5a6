// Writes what the container image contains to the folder that is named, from what `npm run build` has built:
//
//     node scripts/build-image.mjs FOLDER
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleFramework } from './bundle-framework.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = process.argv[2];
if (folder === undefined) throw new Error('Usage: node scripts/build-image.mjs FOLDER');

const packageJson = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
for (const [path, { dev }] of Object.entries(lock.packages)) if (dev) delete lock.packages[path];
delete lock.packages[''].devDependencies;
delete packageJson.devDependencies;

/** The licences of all packages that the bundles may contain, which ask to be passed on with them. */
async function licences() {
  const texts = Object.entries(lock.packages).map(async ([path, { version, license }]) => {
    const names = (await readdir(join(root, path))).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
    const files = await Promise.all(names.map((name) => readFile(join(root, path, name), 'utf8')));
    return [`${path.replace(/^node_modules\//, '') || packageJson.name} ${version} (${license})`, ...files].join(
      '\n\n',
    );
  });
  return (await Promise.all(texts)).map((text) => `${text.trim()}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

/** The packages that the image contains, in the format SPDX, for scanners: bundles hide them. */
async function sbom() {
  // Of a tree without development packages: `npm sbom --omit=dev` leaves out what both kinds need, such as Express.
  const cwd = await mkdtemp(join(tmpdir(), 'presence-sbom-'));
  try {
    await writeFile(join(cwd, 'package.json'), JSON.stringify(packageJson));
    await writeFile(join(cwd, 'package-lock.json'), JSON.stringify(lock));
    const args = ['sbom', '--sbom-format=spdx', '--package-lock-only'];
    return (await promisify(execFile)('npm', args, { cwd, maxBuffer: 16 * 2 ** 20 })).stdout;
  } finally {
    await rm(cwd, { recursive: true });
  }
}

const modules = join(folder, 'node_modules');
await mkdir(join(modules, '.bin'), { recursive: true });
await Promise.all([
  cp(join(root, 'package.json'), join(folder, 'package.json')),
  cp(join(root, 'dist'), join(folder, 'dist'), { recursive: true }),
  bundleFramework(modules),
  symlink('../@google-cloud/functions-framework/build/src/main.js', join(modules, '.bin/functions-framework')),
  licences().then((text) => writeFile(join(folder, 'licences.txt'), text)),
  sbom().then((text) => writeFile(join(folder, 'sbom.spdx.json'), text)),
]);
