import test from 'ava';
import { rowOf } from '../../../tools/doctor/rows.js';
import { tableOf } from '../../../tools/doctor/table.js';
import { ORIGIN, startDeployed } from '../../support/doctor.js';
import { documentAt } from '../../support/documents.js';
import { freePort } from '../../support/redis.js';
import { Shell } from '../../support/shell.js';
import { SECRET } from '../../support/tokens.js';

/** Texts in which numbers do not matter. */
const withoutNumbers = (text: string) => text.replace(/\d+(\.\d+)?/g, 'N').trim();

test('the table is as docs/operations.md shows it, and without problems the command succeeds', async (t) => {
  const { blocks } = documentAt('docs/operations.md');
  const table = blocks.find(({ text }) => text.startsWith('address '))!.text;
  const { url } = await startDeployed(t, { TICK_INTERVAL_SECONDS: '0.5' });
  const shell = new Shell(t, { WATCH_SECRET: `${SECRET},another-secret-of-at-least-32-characters` }, '.');
  const { code, stdout, stderr } = await shell.run('npm', 'run', '--silent', 'doctor', '--', url, `--origin=${ORIGIN}`);
  t.is(withoutNumbers(stdout), withoutNumbers(table));
  t.is(stderr, '');
  t.is(code, 0);
});

test('with a problem the command fails, and says what to do, without a stack trace', async (t) => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { code, stdout, stderr } = await new Shell(t, {}, '.').run('npx', 'tsx', 'tools/doctor.ts', url);
  t.is(code, 1);
  t.regex(stdout, /^address +problem +the connection is refused\n +→ Check that the service runs/);
  t.is(stderr, '');
});

for (const args of [[], ['presence'], ['ftp://localhost'], ['http://localhost', 'http://localhost'], ['--fast']]) {
  test(`the command explains how to use it: doctor ${args.join(' ')}`, async (t) => {
    const { code, stdout, stderr } = await new Shell(t, {}, '.').run('npx', 'tsx', 'tools/doctor.ts', ...args);
    t.is(code, 1);
    t.is(stdout, '');
    t.regex(stderr, /^Usage: npm run doctor [^\n]+\n$/);
  });
}

test('every line has its check, its state, what was found, and below it what to do', (t) => {
  const rows = [
    rowOf('gzip', { kind: 'gzip passed' }),
    rowOf('instances', { kind: 'instances apart', count: 2 }),
    rowOf('clock', { kind: 'clocks differ', seconds: -7 }),
  ];
  t.deepEqual(tableOf(rows).split('\n'), [
    'gzip       ok           streams are compressed',
    'instances  problem      2 processes answer, each with its own visitors',
    '                        → During a deployment, try again in a minute. Otherwise deploy with --max=1, or share presence through REDIS_URL.',
    "clock      warning      the clock of the service is 7 s behind this computer's",
    '                        → Set the clock that is wrong. Statuses stay right; times that pages show are those of the service.',
  ]);
});

test("on Google's own addresses, a shadowed /healthz is no fault", (t) => {
  t.is(rowOf('health', { kind: 'healthz shadowed', byGoogle: true }).state, 'ok');
  t.is(rowOf('health', { kind: 'healthz shadowed', byGoogle: false }).state, 'warning');
});
