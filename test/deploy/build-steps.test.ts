import test from 'ava';
import { buildText, runStep, stepOf, substituted } from '../support/cloud-build.js';
import { documentAt } from '../support/documents.js';

const PRIVATE = ['--update-secrets=WATCH_SECRET=presence-watch:latest', '--update-env-vars=PUBLIC_VIEW=totals'];
const DENIED = 'echo "ERROR: PERMISSION_DENIED" >&2; exit 1';

/** The arguments of a step that are gcloud's, which follow the name that its script gets. */
const argumentsOf = (id: string) =>
  stepOf(id)
    .args.slice(3)
    .map((arg) => substituted(arg));

test('a new service is private but for its counts, by a secret that the build does not see', async (t) => {
  const { code, calls } = await runStep(t, 'deploy', 'true');
  t.is(code, 0);
  t.deepEqual(calls.at(-1), [...argumentsOf('deploy'), ...PRIVATE]);
  t.false(buildText.includes('versions access'));
  const readme = documentAt('README.md').blocks.find(({ text }) => text.includes('gcloud run deploy'))!.text;
  t.true(readme.includes(`private=(${PRIVATE.join(' ')})`));
});

test('a new service has the secret of its own name', async (t) => {
  const { calls } = await runStep(t, 'deploy', 'true', { _SERVICE: 'shop' });
  t.true(calls.at(-1)!.includes('--update-secrets=WATCH_SECRET=shop-watch:latest'));
});

test('a new service is open if the build is told so', async (t) => {
  const { calls } = await runStep(t, 'deploy', 'true', { _WATCHING: 'open' });
  t.deepEqual(calls.at(-1), argumentsOf('deploy'));
});

test('a service that exists keeps who may watch, and everything else that the build does not name', async (t) => {
  const { code, calls, stdout } = await runStep(t, 'deploy', '[ "$3" = list ] && echo presence; true');
  t.is(code, 0);
  t.deepEqual(calls.at(-1), argumentsOf('deploy'));
  t.regex(stdout, /keeps/);
  t.false(argumentsOf('deploy').some((arg) => /^--(set|clear|remove)-/.test(arg)));
});

test('nothing is deployed while it is not known whether the service exists', async (t) => {
  const { code, calls } = await runStep(t, 'deploy', DENIED);
  t.not(code, 0);
  t.deepEqual(
    calls.map(([, , verb]) => verb),
    ['list'],
  );
});

test('successful heartbeats are excluded from the request log, by the command of the documents', async (t) => {
  const { code, calls } = await runStep(t, 'logs', 'true');
  t.is(code, 0);
  t.deepEqual(calls.at(-1), argumentsOf('logs'));
  const command = documentAt('docs/deploy.md')
    .blocks.find(({ text }) => text.includes('--add-exclusion'))!
    .text.trim();
  const exclusion = argumentsOf('logs').find((arg) => arg.startsWith('--add-exclusion='))!;
  t.is(command, `gcloud logging sinks update _Default ${exclusion.replace('=', "='")}'`);
  // gcloud separates the members of an exclusion at commas.
  t.is(exclusion.split(',').length, 2);
});

test('an exclusion that exists is not changed', async (t) => {
  const { code, calls } = await runStep(t, 'logs', '[ "$3" = describe ] && printf "other\\npresence-hits\\n"; true');
  t.is(code, 0);
  t.is(calls.length, 1);
});

test('an exclusion of a similar name does not count', async (t) => {
  const { calls } = await runStep(t, 'logs', '[ "$3" = describe ] && echo my-presence-hits-2; true');
  t.deepEqual(calls.at(-1), argumentsOf('logs'));
});

for (const [when, answers] of [
  ['the sink cannot be read', DENIED],
  ['the sink cannot be changed', `[ "$3" = describe ] || { ${DENIED}; }`],
] as const) {
  test(`a build goes on when ${when}, and says which role is missing`, async (t) => {
    const { code, stdout } = await runStep(t, 'logs', answers);
    t.is(code, 0);
    t.regex(stdout, /roles\/logging\.configWriter/);
  });
}
