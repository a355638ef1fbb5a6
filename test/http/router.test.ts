import test from 'ava';
import { send, sendRaw } from '../support/client.js';
import { startService } from '../support/service.js';

test('a request target with scheme and host is routed by its path', async (t) => {
  const { port } = await startService(t);
  const answer = await sendRaw(port, 'GET http://a/health?x=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  t.regex(answer, /^HTTP\/1\.1 200 OK/);
});

for (const target of ['*', '//', '/v1/hit/', '/V1/hit', '/v1%2Fhit', '/constructor', '/__proto__', '/%']) {
  test(`the target ${target} is answered 404 in JSON`, async (t) => {
    const { port } = await startService(t);
    const answer = await sendRaw(port, `OPTIONS ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    t.regex(answer, /^HTTP\/1\.1 404 Not Found/);
    t.regex(answer, /"error":"not_found"/);
  });
}

test('a request without a Host header is refused in JSON', async (t) => {
  const { port } = await startService(t);
  const answer = await sendRaw(port, 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n');
  t.regex(answer, /^HTTP\/1\.1 400 Bad Request/);
  t.regex(answer, /"error":"bad_request"/);
  t.regex(answer, /\r\nAccess-Control-Allow-Origin: /);
});

test('HTTP/1.0 needs no Host header', async (t) => {
  const { port } = await startService(t);
  t.regex(await sendRaw(port, 'GET /health HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 OK/);
});

test('an unknown Expect header is ignored', async (t) => {
  const { port } = await startService(t);
  const answer = await sendRaw(port, 'GET /health HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nConnection: close\r\n\r\n');
  t.regex(answer, /^HTTP\/1\.1 200 OK/);
});

test('a query does not change the route', async (t) => {
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

test('pipelined requests are answered in order, refusals included', async (t) => {
  const { port } = await startService(t);
  const post = (body: string) => `POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const last = 'POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n';
  const answer = await sendRaw(port, post('{"uid":"a"}') + post('nonsense') + post('{"uid":"b"}') + last);
  t.deepEqual(answer.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 400', 'HTTP/1.1 200', 'HTTP/1.1 413']);
});
