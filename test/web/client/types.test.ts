import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { send } from '../../support/client.js';
import { startService } from '../../support/service.js';

const TSC = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
const OPTIONS = ['--strict', '--exactOptionalPropertyTypes', '--noEmit', '--module', 'nodenext', '--lib', 'es2022'];

const CONSUMER = `
import { type Handle, type Info, type StartOptions, start, type Visitor } from './client.mjs';

const info: Info = { name: 'Ada', isAdmin: true, score: 1.5, nothing: null };
const visitor: Visitor = { uid: '42', room: undefined, info, token: 'a token' };
const options: StartOptions = { ...visitor, service: 'https://service.example', intervalSeconds: 20 };
const handle: Handle = start(options);
handle.update({ room: 'page-8' });
handle.stop();
// @ts-expect-error: the uid is missing
start({ room: 'page-8' });
// @ts-expect-error: an info is flat
start({ uid: '42', info: { pet: { name: 'Tom' } } });
// @ts-expect-error: no such option
start({ uid: '42', interval: 20 });
// @ts-expect-error: no such value
handle.update({ service: 'https://service.example' });
`;

test('the types that are served as /client.d.mts check the calls of a TypeScript program, without any other file', async (t) => {
  const { url } = await startService(t);
  const { text } = await send(`${url}/client.d.mts`);
  const directory = mkdtempSync(join(tmpdir(), 'client-types-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'client.d.mts'), text);
  writeFileSync(join(directory, 'consumer.mts'), CONSUMER);
  const args = [TSC, ...OPTIONS, '--types', '', 'consumer.mts'];
  const problems = await promisify(execFile)(process.execPath, args, { cwd: directory }).then(
    ({ stdout }) => stdout,
    (error) => String(error.stdout),
  );
  t.is(problems, '');
  t.notRegex(text, /\bimport\b|\bfrom\b '/);
});
