import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createParser } from 'eventsource-parser';
import { parse } from 'yaml';
import { startCli } from '../support/cli.js';
import { hit, send } from '../support/client.js';
import { type Block, documents, fileNameOf, placeOf } from '../support/documents.js';
import { testWith } from '../support/needs.js';
import { findPyJwt } from '../support/python.js';
import { type Running, Shell } from '../support/shell.js';
import { SECRET } from '../support/tokens.js';
import { until } from '../support/until.js';

/** What a document's examples presume of the service and of the shell. */
const ENVIRONMENTS: Readonly<Record<string, Record<string, string>>> = {
  'docs/security.md': { HIT_SECRET: SECRET, WATCH_SECRET: 'the-watch-secret-of-thirty-two-characters-or-more' },
};

const python = findPyJwt();
const pythonTest = testWith('PyJWT', python !== undefined, 'Install the Debian package python3-jwt.');

const isRun = ({ marks }: Block) => marks.length === 0;
const scripts = documents
  // The receivers of webhooks have a test of their own.
  .filter(({ path }) => path !== 'docs/webhooks.md')
  .flatMap(({ blocks }) => blocks)
  .filter((block) => fileNameOf(block) !== undefined);

for (const { path, blocks } of documents) {
  if (!blocks.some((block) => block.language === 'sh' && isRun(block))) continue;
  test(`${path}: the shell examples give the answers that stand below them`, async (t) => {
    const environment = ENVIRONMENTS[path] ?? {};
    const { url } = await startCli(t, { TICK_INTERVAL_SECONDS: '0.2', ...environment });
    const shell = new Shell(t, environment);
    let answer = '';
    let stream: Running | undefined;
    for (const block of blocks) {
      const name = fileNameOf(block);
      if (name !== undefined) writeFileSync(join(shell.folder, name), block.text);
      if (block.language === 'sh' && isRun(block)) {
        const script = block.text.replaceAll('http://localhost:8080', url);
        if (script.includes('curl -N')) {
          stream = shell.start('bash', '-c', script);
          await until(() => stream!.stdout() !== '', `an event for ${placeOf(block)}`);
        } else {
          const { code, stdout, stderr } = await shell.run('bash', '-euo', 'pipefail', '-c', script);
          t.is(code, 0, `${placeOf(block)}: ${stderr}`);
          t.not(stdout, '', placeOf(block));
          answer = stdout.replaceAll(url, 'http://localhost:8080');
        }
      } else if (block.language === 'json') {
        t.deepEqual(withoutTimes(JSON.parse(answer)), withoutTimes(JSON.parse(block.text)), placeOf(block));
      } else if (block.language === 'text') {
        // The parser waits for the empty line that ends an event.
        const wanted = eventsIn(`${block.text}\n`);
        t.is(wanted.length, [...block.text.matchAll(/^data: /gm)].length, placeOf(block));
        await until(() => eventsIn(stream!.stdout()).length >= wanted.length, `the events of ${placeOf(block)}`);
        t.deepEqual(eventsIn(stream!.stdout()).slice(0, wanted.length), wanted, placeOf(block));
      }
    }
  });
}

for (const block of scripts) {
  const name = fileNameOf(block)!;
  const isPython = block.language === 'python';
  const program = isPython ? python! : process.execPath;
  const scriptTest = isPython ? pythonTest : test;

  scriptTest(`${block.path}: ${name} makes a token that the service accepts`, async (t) => {
    const shell = shellWith(t, block, { HIT_SECRET: SECRET });
    const { code, stdout, stderr } = await shell.run(program, name);
    t.is(code, 0, stderr);
    const { url } = await startCli(t, { HIT_SECRET: SECRET });
    t.is((await hit(url, { uid: 'ada' })).status, 401);
    t.is((await hit(url, { uid: 'ada', token: stdout.trim() })).text, '{"ok":true}');
  });

  scriptTest(`${block.path}: ${name} without its variable names the variable in one sentence, and fails`, async (t) => {
    const { code, stdout, stderr } = await shellWith(t, block, {}).run(program, name);
    t.true(code !== 0 && code !== null);
    t.is(stdout, '');
    t.regex(stderr, /^[A-Z][^\n]*\bHIT_SECRET\b[^\n]*\.\n$/);
    t.notRegex(stderr, /Error|Traceback/);
  });
}

for (const block of documents.flatMap(({ blocks }) => blocks).filter(({ marks }) => marks.includes('not-run'))) {
  test(`${placeOf(block)} is not run, and only its syntax is checked`, async (t) => {
    if (block.language === 'yaml') {
      t.notThrows(() => parse(block.text));
      return;
    }
    // What needs neither Google's cloud nor this folder to itself is to be run.
    t.regex(block.text, /\b(gcloud|npm|git|docker)\b/);
    const { code, stderr } = await new Shell(t).run('bash', '-n', '-c', block.text);
    t.is(code, 0, stderr);
  });
}

test('every code block is of a kind that some test checks', (t) => {
  for (const block of documents.flatMap(({ blocks }) => blocks)) {
    const kind = [block.language, ...block.marks].join(' ');
    const kinds = [
      'sh',
      'sh redis',
      'sh not-run',
      'yaml not-run',
      'json',
      'text',
      'js',
      'html',
      'tsx',
      'python',
      'mermaid',
      'redis',
    ];
    t.true(kinds.includes(kind), `${placeOf(block)} is of the kind ${kind}`);
    if (block.language === 'python') t.not(fileNameOf(block), undefined, placeOf(block));
  }
});

test('an answer that stands below an example and is not the real one is found', async (t) => {
  const { url } = await startCli(t);
  await hit(url, { uid: 'ada' });
  const { text } = await send(`${url}/v1/online`);
  const stated = {
    ts: 1795522572,
    online_total: 1,
    active_total: 1,
    idle_total: 0,
    active_uids: ['ada'],
    idle_uids: [],
  };
  t.deepEqual(withoutTimes(JSON.parse(text)), withoutTimes(stated));
  t.notDeepEqual(withoutTimes(JSON.parse(text)), withoutTimes({ ...stated, online_total: 2 }));
  t.notDeepEqual(eventsIn(`data: ${text}\n\n`), eventsIn(`event: change\ndata: ${text}\n\n`));
});

function shellWith(t: ExecutionContext, block: Block, environment: Record<string, string>): Shell {
  const shell = new Shell(t, environment);
  writeFileSync(join(shell.folder, fileNameOf(block)!), block.text);
  return shell;
}

/** A value in which all times, and the ids of streams, are the same. */
function withoutTimes(value: unknown): unknown {
  const copy = JSON.stringify(value, (name, each) => {
    if (name === 'stream') return 'an id';
    if (name === 'online_seconds') return 'a duration';
    // A JSON Web Token begins with its header.
    if (typeof each === 'string') return each.replace(/eyJhbGciOiJIUzI1NiJ9\..*$/, 'a token');
    return typeof each === 'number' && each > 1e9 ? 'a time' : each;
  });
  return JSON.parse(copy);
}

/** The events of a stream: their kinds, whether they have an id, and their data. */
function eventsIn(text: string): unknown[] {
  const events: unknown[] = [];
  const parser = createParser({
    onEvent: ({ event, id, data }) =>
      events.push({ event, hasId: id !== undefined, data: withoutTimes(JSON.parse(data)) }),
  });
  parser.feed(text);
  return events;
}
