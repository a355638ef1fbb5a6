import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';

const run = promisify(execFile);
/** What the Dockerfile copies. */
const SOURCES = ['package.json', 'package-lock.json', 'tsconfig.json', 'scripts', 'docs/openapi.yaml', 'src'];

/** Builds a copy of this project in a folder of its own. Returns the hash of each file that the image gets from it. */
async function built(t: ExecutionContext, subfolder: string, environment: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'presence-build-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const project = join(folder, subfolder);
  for (const source of SOURCES) {
    await mkdir(dirname(join(project, source)), { recursive: true });
    await cp(source, join(project, source), { recursive: true });
  }
  // As links, if both folders are on one file system.
  const copy = (options: string) => run('cp', [options, 'node_modules', join(project, 'node_modules')]);
  await copy('-al').catch(() => copy('-a'));
  const { NODE_V8_COVERAGE: _, ...env } = { ...process.env, ...environment };
  // The build does not depend on where it is called from.
  for (const script of ['build-service', 'build-web', 'build-openapi']) {
    await run(process.execPath, [join(project, `scripts/${script}.mjs`)], { cwd: folder, env });
  }
  const image = join(folder, 'image');
  await run(process.execPath, [join(project, 'scripts/build-image.mjs'), image], { cwd: folder, env });
  const files = (await readdir(image, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const hashes = files.map(async (file) => {
    const hash = createHash('sha256').update(await readFile(file));
    return [relative(image, file), hash.digest('hex')];
  });
  return Object.fromEntries(await Promise.all(hashes)) as Record<string, string>;
}

test('two builds in different folders, in other places of the world, give the same files', async (t) => {
  const one = await built(t, '.', { TZ: 'UTC', LANG: 'C' });
  const other = await built(t, 'a folder/deep down', { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8' });
  t.true('dist/service/index.mjs' in one && 'dist/web/dashboard.js' in one);
  // The list of packages has the time of the build and a name of its own.
  for (const { 'sbom.spdx.json': sbom } of [one, other]) t.truthy(sbom);
  t.deepEqual({ ...one, 'sbom.spdx.json': '' }, { ...other, 'sbom.spdx.json': '' });
});
