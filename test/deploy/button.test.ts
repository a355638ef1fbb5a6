import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { type GcloudRun, runWithGcloud, stepOf, substituted } from '../support/cloud-build.js';

/** Answers of a gcloud that finds the project and no secret. */
const NO_SECRET = 'case "$1 $2" in "projects describe") echo 123 ;; "secrets describe") exit 1 ;; esac';

/** What Cloud Run Button does with an app.json; it refuses names that it does not know. */
interface AppFile {
  readonly name: string;
  readonly env: Record<string, { readonly description: string }>;
  readonly options: Record<string, unknown>;
  readonly hooks: Record<'precreate' | 'postcreate', { readonly commands: readonly string[] }>;
}

const app = JSON.parse(readFileSync('app.json', 'utf8')) as AppFile;
const ENVIRONMENT = {
  GOOGLE_CLOUD_PROJECT: 'a-project',
  GOOGLE_CLOUD_REGION: 'us-central1',
  K_SERVICE: 'presence',
  SERVICE_URL: 'https://presence-123.us-central1.run.app',
};

test('the app.json has only what Cloud Run Button knows', (t) => {
  t.deepEqual(Object.keys(app).sort(), ['env', 'hooks', 'name', 'options']);
  const known = ['allow-unauthenticated', 'memory', 'cpu', 'port', 'http2', 'concurrency', 'max-instances'];
  for (const option of Object.keys(app.options)) t.true(known.includes(option), option);
});

test('the button asks for the origin of the pages, and for nothing else', (t) => {
  t.deepEqual(Object.keys(app.env), ['CORS_ALLOW_ORIGIN']);
});

test('the button deploys with the flags of cloudbuild.yaml, and with the watch secret', async (t) => {
  const [update] = (await runHooks(t, 'postcreate', 'true'))[0]!.calls as [string[]];
  t.deepEqual(update.slice(0, 4), ['run', 'services', 'update', 'presence']);
  const wanted = stepOf('deploy')
    .args.filter((arg) => arg.startsWith('--'))
    .map((arg) => substituted(arg))
    // What the button has asked for or done itself.
    .filter((arg) => !/^--(image|allow-unauthenticated|update-env-vars)/.test(arg));
  t.deepEqual(
    update.slice(4).toSorted(),
    [
      ...wanted,
      '--project=a-project',
      '--update-env-vars=GOOGLE_CLOUD_PROJECT=a-project,PEER_URL=https://presence-123.us-central1.run.app,PUBLIC_VIEW=totals',
      '--update-secrets=WATCH_SECRET=presence-watch:latest',
    ].toSorted(),
  );
  for (const [option, value] of Object.entries(app.options)) {
    const flag = option === 'max-instances' ? '--max' : `--${option}`;
    t.true(update.includes(`${flag}=${value}`), option);
  }
});

test('the button excludes heartbeats from the request log as the build does', async (t) => {
  const runs = await runHooks(t, 'postcreate', '[ "$1" != logging ]');
  const exclusion = stepOf('logs').args.find((arg) => arg.startsWith('--add-exclusion='))!;
  const [call] = runs.flatMap(({ calls }) => calls).filter(([first]) => first === 'logging');
  t.true(call!.includes(substituted(exclusion)));
});

test('the button makes a secret that the service may read, and never shows it', async (t) => {
  const runs = await runHooks(t, 'precreate', NO_SECRET);
  const secret = runs.map(({ piped }) => piped).join('');
  t.regex(secret, /^[0-9a-f]{64}\n$/);
  for (const { stdout, stderr } of runs) t.false((stdout + stderr).includes(secret.trim()));
  const binding = runs.at(-1)!.calls.at(-1)!;
  t.deepEqual(binding.slice(0, 3), ['secrets', 'add-iam-policy-binding', 'presence-watch']);
  t.true(binding.includes('--member=serviceAccount:123-compute@developer.gserviceaccount.com'));
});

test('the button keeps a secret that exists', async (t) => {
  const runs = await runHooks(t, 'precreate', 'echo 123');
  t.false(runs.some(({ calls }) => calls.some(([, verb]) => verb === 'create')));
});

/** Runs the commands of a hook as the button does: each in a bash of its own that shows what it runs. */
async function runHooks(t: ExecutionContext, hook: 'precreate' | 'postcreate', answers: string): Promise<GcloudRun[]> {
  const runs: GcloudRun[] = [];
  for (const command of app.hooks[hook].commands) {
    const run = await runWithGcloud(t, answers, ['bash', '-c', `set -euo pipefail; set -x; ${command}`], ENVIRONMENT);
    t.is(run.code, 0, run.stderr);
    runs.push(run);
  }
  return runs;
}
