import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import { readConfig } from '../src/config/read-config.js';
import type { Config } from '../src/config/settings.js';
import { build, buildText, stepOf, substituted } from './support/cloud-build.js';

interface Instruction {
  readonly name: string;
  readonly value: string;
}

const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as { main: string };
const defaults = configOf({});

const stages = readStages(readFileSync('Dockerfile', 'utf8'));
const buildStage = stages[0]!;
const lastStage = stages.at(-1)!;

// Behind the script, and the name that it gets.
const deployArgs = stepOf('deploy').args.slice(3);
const flags = new Map(
  deployArgs.filter((arg) => arg.startsWith('--')).map((arg) => [arg.replace(/=.*/, ''), arg.replace(/^[^=]*=?/, '')]),
);

test('the service runs as a user who is not root', (t) => {
  t.regex(lastOf(lastStage, 'USER'), /^[1-9]\d*(:[1-9]\d*)?$/);
});

test('SIGTERM reaches node itself, with no shell and no npm in between', (t) => {
  t.is(JSON.parse(lastOf(lastStage, 'CMD'))[0], 'node');
  // The base image's own entry is a shell script.
  t.deepEqual(JSON.parse(lastOf(lastStage, 'ENTRYPOINT')), []);
});

test("the image runs the framework's own entry point, and both it and the function exist after a build", (t) => {
  const args = (JSON.parse(lastOf(lastStage, 'CMD')) as string[]).slice(1);
  const script = args.find((arg) => !arg.startsWith('-'))!;
  const framework = 'node_modules/@google-cloud/functions-framework';
  const { bin } = JSON.parse(readFileSync(`${framework}/package.json`, 'utf8'));
  t.is(script, `${framework}/${bin['functions-framework'].replace('./', '')}`);
  t.true(existsSync(script));
  const target = args.find((arg) => arg.startsWith('--target='))!.replace('--target=', '');
  t.is(packageJson.main, 'dist/service/index.mjs');
  t.regex(readFileSync(packageJson.main, 'utf8'), new RegExp(`\\bhttp\\(['"]${target}['"]`));
});

test('every stage is based on the exact version of Node that CI tests on', (t) => {
  const version = /^IMAGE_NODE=(\d+\.\d+\.\d+)$/m.exec(readFileSync('.ci/run', 'utf8'))![1];
  t.is(stages.length, 2);
  for (const stage of stages) t.is(lastOf(stage, 'FROM').replace(/ AS \w+$/, ''), `node:${version}-slim`);
});

test('the image has what was assembled in the build and nothing else, and the process may not write to it', (t) => {
  t.deepEqual(valuesOf(lastStage, 'COPY'), ['--from=build --chown=0:0 /app ./']);
  t.deepEqual(valuesOf(lastStage, 'RUN'), []);
  t.deepEqual(valuesOf(buildStage, 'RUN')[0], 'npm ci');
  t.true(valuesOf(buildStage, 'RUN')[1]!.startsWith('npm run build && node scripts/build-image.mjs /app '));
});

test('the compile cache is filled in the build under the path, the user and the command that the image runs with', (t) => {
  const fill = buildStage.at(-1)!;
  t.is(fill.name, 'RUN');
  t.deepEqual(fill.value.split(' '), ['node', '/source/scripts/fill-compile-cache.mjs', '/app/compile-cache']);
  t.is(lastOf(lastStage, 'ENV'), `${lastOf(buildStage, 'ENV')} NODE_COMPILE_CACHE=/app/compile-cache`);
  t.is(lastOf(buildStage, 'ENV'), 'NODE_ENV=production');
  for (const name of ['USER', 'WORKDIR']) t.is(lastOf(buildStage, name), lastOf(lastStage, name));
  t.is(lastOf(lastStage, 'WORKDIR'), '/app');
  const command = /^const COMMAND = (.*);$/m.exec(readFileSync('scripts/fill-compile-cache.mjs', 'utf8'))![1]!;
  t.deepEqual(JSON.parse(command.replaceAll("'", '"')), JSON.parse(lastOf(lastStage, 'CMD')).slice(1));
});

test('the build context contains exactly what the Dockerfile copies', (t) => {
  const sources = stages
    .flat()
    .filter(({ name, value }) => name === 'COPY' && !value.startsWith('--from='))
    .flatMap(({ value }) => value.split(/\s+/).slice(0, -1));
  const [first, ...exceptions] = linesOf(readFileSync('.dockerignore', 'utf8'));
  t.is(first, '*');
  t.deepEqual(exceptions.sort(), [...new Set(sources)].map((source) => `!${source}`).sort());
});

test('at most one instance runs unless Redis shares presence, and at least one always runs', (t) => {
  t.is(flags.get('--max'), `\${_MAX_INSTANCES}`);
  t.is(build.substitutions._MAX_INSTANCES, '1');
  t.is(deployedWith({}).redis, undefined);
  t.is(deployedWith({ _REDIS_URL: 'redis://10.0.0.3:6379' }).redis?.url, 'redis://10.0.0.3:6379');
  t.is(flags.get('--min'), '1');
});

test('limits of single revisions, which earlier deployments set, do not stay beside those of the service', (t) => {
  t.is(flags.get('--max-instances'), 'default');
  t.is(flags.get('--min-instances'), 'default');
});

test('Cloud Run allows as many streams, and as long ones, as the service does', (t) => {
  t.is(flags.get('--concurrency'), '1000');
  t.true(Number(flags.get('--concurrency')) > defaults.streams.maxStreams);
  t.is(flags.get('--timeout'), '3600');
  t.true(Number(flags.get('--timeout')) * 1000 >= defaults.streams.maxAgeMs);
});

test('the CPU is allocated between requests, when ticks run, and boosted at the start', (t) => {
  t.is(flags.get('--no-cpu-throttling'), '');
  t.is(flags.get('--cpu-boost'), '');
});

test('an instance gets requests once it is ready, and is replaced when it is stuck for an online window', (t) => {
  const startup = settingsOf(flags.get('--startup-probe')!);
  const liveness = settingsOf(flags.get('--liveness-probe')!);
  t.is(startup['httpGet.path'], '/readyz');
  t.is(liveness['httpGet.path'], '/healthz');
  t.is(startup['httpGet.port'], flags.get('--port'));
  t.is(liveness['httpGet.port'], flags.get('--port'));
  t.true(Number(liveness.timeoutSeconds) <= Number(liveness.periodSeconds));
  const patienceMs = Number(liveness.periodSeconds) * Number(liveness.failureThreshold) * 1000;
  t.true(patienceMs >= defaults.presence.onlineWindowMs);
  // Cloud Run allows a start no more.
  t.true(Number(startup.periodSeconds) * Number(startup.failureThreshold) <= 240);
});

test('a new revision asks the address of the service, which is known before the first deployment, and may wait for it', (t) => {
  t.is(deployedWith({}).handover.peerUrl, 'https://presence-123.us-central1.run.app');
  t.is(deployedWith({ _SERVICE: 'a', _REGION: 'b' }).handover.peerUrl, 'https://a-123.b.run.app');
  const { periodSeconds, failureThreshold } = settingsOf(flags.get('--startup-probe')!);
  t.true(Number(periodSeconds) * Number(failureThreshold) >= 10);
});

test("visitors' browsers may call the service, from one origin or from several", (t) => {
  t.is(flags.get('--allow-unauthenticated'), '');
  t.deepEqual(deployedWith({}).http.allowOrigins, defaults.http.allowOrigins);
  const two = deployedWith({ _CORS_ALLOW_ORIGIN: 'https://a.example,https://b.example' });
  t.deepEqual(two.http.allowOrigins, ['https://a.example', 'https://b.example']);
  t.is(two.log.project, 'a-project');
});

test('what is deployed is what was tested, built and pushed, and it is in Artifact Registry', (t) => {
  t.deepEqual(
    build.steps.map(({ id }) => id),
    ['test', 'build', 'push', 'deploy', 'logs'],
  );
  const image = flags.get('--image')!;
  t.is(image, `\${_REGION}-docker.pkg.dev/$PROJECT_ID/\${_REPOSITORY}/\${_SERVICE}:$BUILD_ID`);
  t.true(build.steps[1]!.args.includes(`--tag=${image}`));
  t.deepEqual(build.steps[2]!.args, ['push', image]);
  t.deepEqual(build.images, [image]);
  t.deepEqual(deployArgs.slice(0, 3), ['run', 'deploy', `\${_SERVICE}`]);
  t.is(flags.get('--region'), `\${_REGION}`);
});

test('a build needs no setting, and its log needs no bucket', (t) => {
  const used = new Set(Array.from(buildText.matchAll(/\$\{(_\w+)\}/g), ([, name]) => name!));
  t.deepEqual([...used].sort(), [
    '_CORS_ALLOW_ORIGIN',
    '_MAX_INSTANCES',
    '_REDIS_URL',
    '_REGION',
    '_REPOSITORY',
    '_SERVICE',
    '_WATCHING',
  ]);
  t.deepEqual(Object.keys(build.substitutions).sort(), [...used].sort());
  t.is(build.options.logging, 'CLOUD_LOGGING_ONLY');
});

/** The settings that the deployed service would read. */
function deployedWith(substitutions: Record<string, string>): Config {
  const text = substituted(flags.get('--update-env-vars')!, substitutions);
  return configOf(settingsOf(text));
}

function configOf(environment: Record<string, string>): Config {
  const result = readConfig(environment);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** A flag's `key=value` pairs, which commas separate unless it begins with another separator, as in `^@^a=1@b=2`. */
function settingsOf(text: string): Record<string, string> {
  const [, separator = ',', pairs = ''] = /^(?:\^(.+?)\^)?(.*)$/.exec(text)!;
  return Object.fromEntries(pairs.split(separator).map((pair) => [pair.replace(/=.*/, ''), pair.replace(/^.*?=/, '')]));
}

function readStages(dockerfile: string): Instruction[][] {
  const found: Instruction[][] = [];
  for (const line of linesOf(dockerfile.replace(/\\\n/g, ' '))) {
    const [name = '', ...rest] = line.split(' ');
    if (name === 'FROM') found.push([]);
    found.at(-1)!.push({ name, value: rest.join(' ').trim() });
  }
  return found;
}

/** A stage's value of an instruction, where the last one counts. */
function lastOf(stage: readonly Instruction[], name: string): string {
  const value = stage.findLast((instruction) => instruction.name === name)?.value;
  if (value === undefined) throw new Error(`The stage has no ${name}.`);
  return value;
}

/** A stage's values of an instruction, in order. */
function valuesOf(stage: readonly Instruction[], wanted: string): string[] {
  return stage.filter(({ name }) => name === wanted).map(({ value }) => value);
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
