import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import * as nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { startCli } from '../support/cli.js';

const run = promisify(execFile);
let image = '';

test.before(async () => {
  image = await mkdtemp(join(tmpdir(), 'presence-image-'));
  await run(process.execPath, ['scripts/build-image.mjs', image]);
});
test.after.always(() => rm(image, { recursive: true }));

/** Fills a compile cache of its own for one test. */
async function filledCache(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'presence-cache-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const { NODE_V8_COVERAGE: _, ...env } = process.env;
  await run(process.execPath, [join(process.cwd(), 'scripts/fill-compile-cache.mjs'), folder], { cwd: image, env });
  return folder;
}

const filesOf = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

async function answers(t: ExecutionContext, environment: Record<string, string> = {}) {
  const service = await startCli(t, environment, image);
  const response = await fetch(`${service.url}/v1/hit`, { method: 'POST', body: '{"uid":"ada"}' });
  t.is(await response.text(), '{"ok":true}');
  const { online_total } = (await (await fetch(`${service.url}/v1/online`)).json()) as { online_total: number };
  t.is(online_total, 1);
  return service;
}

test('the service runs in the image on the Functions Framework, with no other package beside its bundle', async (t) => {
  t.deepEqual((await readdir(join(image, 'node_modules'))).sort(), ['.bin', '@google-cloud']);
  const service = await answers(t);
  t.is((await fetch(service.url)).status, 200);
  service.process.kill('SIGTERM');
  t.is(await service.exited, 0);
});

test("the image's functions-framework is the command that it is elsewhere", async (t) => {
  const { stderr } = await run(process.execPath, [join(image, 'node_modules/.bin/functions-framework'), '--help']);
  t.deepEqual(stderr, (await run('node_modules/.bin/functions-framework', ['--help'])).stderr);
  t.regex(stderr, /--target/);
});

test('requests reach the function through Express too, in the image', async (t) => {
  await answers(t, { DIRECT_DISPATCH: 'off' });
});

test('every package in the bundles is in the SBOM and among the licences, and no other is in the SBOM', async (t) => {
  const folder = join(image, 'dist/service');
  const maps = (await readdir(folder)).filter((name) => name.endsWith('.map'));
  const sources = maps.flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).sources as string[]);
  const bundled = sources.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  const sbom = JSON.parse(await readFile(join(image, 'sbom.spdx.json'), 'utf8'));
  const packages = sbom.packages as { name: string; versionInfo: string }[];
  const versions = new Map(packages.map(({ name, versionInfo }) => [name, versionInfo]));
  const licences = await readFile(join(image, 'licences.txt'), 'utf8');
  // What Express and the dashboard bring has no source map in the image.
  for (const name of [...new Set(bundled), 'express', 'body-parser', 'iconv-lite', 'uplot']) {
    t.true(versions.has(name), name);
    t.true(licences.includes(`\n\n${name} ${versions.get(name)} (`), name);
  }
  for (const name of ['ava', 'esbuild', 'typescript']) t.false(versions.has(name), name);
});

test('a compile cache that is missing, empty or broken costs time only', async (t) => {
  await answers(t, { NODE_COMPILE_CACHE: join(image, 'package.json') });
  const cache = await filledCache(t);
  for (const file of await filesOf(cache)) await writeFile(file, 'broken'.repeat(1000));
  await answers(t, { NODE_COMPILE_CACHE: cache });
  for (const file of await filesOf(cache)) await truncate(file);
  await answers(t, { NODE_COMPILE_CACHE: cache });
});

// Node 20 has no compile cache.
if ('enableCompileCache' in nodeModule) {
  test('a start takes the framework and the service from the compile cache, which all users may read', async (t) => {
    const cache = await filledCache(t);
    for (const file of await filesOf(cache)) t.is(statSync(file).mode & 0o777, 0o644);
    const service = await answers(t, { NODE_COMPILE_CACHE: cache, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' });
    for (const file of ['build/src/framework.js', 'dist/service/index.mjs']) {
      t.true(service.output().includes(`${file} was accepted`), file);
    }
  });
}
