import test from 'ava';
import { send } from '../../support/client.js';
import { startService } from '../../support/service.js';
import { checkTypes } from '../../support/types.js';

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
  const problems = await checkTypes(t, { 'client.d.mts': text, 'consumer.mts': CONSUMER }, 'consumer.mts');
  t.is(problems, '');
  t.notRegex(text, /\bimport\b|\bfrom\b '/);
});
