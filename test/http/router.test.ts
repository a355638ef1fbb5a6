import test from 'ava';
import { hit, send, sendRaw } from '../support/client.js';
import { startService } from '../support/service.js';

test('a request target with scheme and host finds its path', async (t) => {
  const { port } = await startService(t);
  const answer = await sendRaw(port, 'GET http://a/health?x=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  t.regex(answer, /^HTTP\/1\.1 200 OK/);
});

for (const target of ['*', '//', '/v1/hit/', '/V1/hit', '/v1%2Fhit', '/constructor', '/__proto__', '/%']) {
  test(`the target ${target} is not found, in JSON`, async (t) => {
    const { port } = await startService(t);
    const answer = await sendRaw(port, `OPTIONS ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    t.regex(answer, /^HTTP\/1\.1 404 Not Found/);
    t.regex(answer, /"error":"not_found"/);
  });
}

test('a request without a Host is refused, in JSON', async (t) => {
  const { port } = await startService(t);
  const answer = await sendRaw(port, 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n');
  t.regex(answer, /^HTTP\/1\.1 400 Bad Request/);
  t.regex(answer, /"error":"bad_request"/);
  t.regex(answer, /\r\nAccess-Control-Allow-Origin: /);
});

test('HTTP/1.0 needs no Host', async (t) => {
  const { port } = await startService(t);
  t.regex(await sendRaw(port, 'GET /health HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 OK/);
});

test('an expectation that means nothing here is passed over', async (t) => {
  const { port } = await startService(t);
  const answer = await sendRaw(port, 'GET /health HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nConnection: close\r\n\r\n');
  t.regex(answer, /^HTTP\/1\.1 200 OK/);
});

test('a query does not change the path', async (t) => {
  const { url } = await startService(t);
  t.is((await send(`${url}/v1/hit?cache=1`, { body: '{"uid":"a"}' })).status, 200);
});

test('idle connections are kept for longer than a load balancer keeps them', async (t) => {
  const { port } = await startService(t);
  const answer = sendRaw(
    port,
    'GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  const timeout = /\r\nKeep-Alive: timeout=(\d+)\r\n/.exec(await answer)?.[1];
  t.true(Number(timeout) > 600);
});

test('unknown visitors get 429 with a time to come back at the limit, while known ones go on', async (t) => {
  const { url } = await startService(t, { MAX_VISITORS: '2' });
  await hit(url, { uid: 'a' });
  await hit(url, { uid: 'b' });
  const refused = await hit(url, { uid: 'c' });
  t.is(refused.status, 429);
  t.is(refused.json().error, 'too_many_visitors');
  t.regex(refused.headers['retry-after']!, /^\d+$/);
  t.is((await hit(url, { uid: 'a' })).status, 200);
});
