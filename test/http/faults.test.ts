import test from 'ava';
import { Presence } from '../../src/presence/presence.js';
import { hit, openStream, send } from '../support/client.js';
import { startService } from '../support/service.js';

// These break a part of the running service on purpose, one at a time, hence serial.

test.serial('a handler that throws is logged, and answered with a JSON 500 without a stack trace', async (t) => {
  const { url, logged } = await startService(t, { GOOGLE_CLOUD_PROJECT: 'shop' });
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const mend = sabotage('hit');
  const answer = await send(`${url}/v1/hit`, {
    body: '{"uid":"a"}',
    headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` },
  });
  mend();
  t.is(answer.status, 500);
  t.is(answer.json().error, 'internal');
  t.notRegex(answer.text, /sabotage|at /);
  t.is(logged.length, 1);
  t.is(logged[0]!.message, 'A request failed.');
  t.is((logged[0]!.fields as Record<string, unknown>)['logging.googleapis.com/trace'], `projects/shop/traces/${trace}`);
  t.is((await hit(url, { uid: 'a' })).status, 200);
});

test.serial('a stream whose initial frame fails is answered with a JSON 500', async (t) => {
  const { url, logged } = await startService(t);
  const mend = sabotage('version');
  const answer = await send(`${url}/sse/online`);
  mend();
  t.is(answer.status, 500);
  t.is(answer.json().error, 'internal');
  t.is(logged.length, 1);
  t.is((await (await openStream(t, `${url}/sse/online`)).next()).online_total, 0);
});

test.serial('a tick that throws is logged and closes its streams, and the next tick works', async (t) => {
  const { url, time, logged } = await startService(t);
  const stream = await openStream(t, `${url}/sse/online`);
  await stream.next();
  const mend = sabotage('version');
  time.pass(2000);
  mend();
  t.false(await stream.ended);
  t.is(logged.length, 1);
  const next = await openStream(t, `${url}/sse/online`);
  await next.next();
  time.pass(2000);
  t.is((await next.next()).online_total, 0);
});

/** Makes a method of every Presence throw. @returns what makes it work again */
function sabotage(method: 'hit' | 'version'): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(Presence.prototype, method)!;
  Object.defineProperty(Presence.prototype, method, {
    ...descriptor,
    value: () => {
      throw new Error('sabotage');
    },
  });
  return () => Object.defineProperty(Presence.prototype, method, descriptor);
}
