import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { errorBody } from '../../src/protocol/errors.js';
import { hit, openStream, send, sendRaw } from '../support/client.js';
import { startService, type TestService } from '../support/service.js';

test('a gzip-encoded body is refused without being read', async (t) => {
  const service = await startService(t);
  const answer = await send(`${service.url}/v1/hit`, {
    body: gzipSync('{"uid":"a"}'),
    headers: { 'content-encoding': 'gzip' },
  });
  t.is(answer.status, 415);
  t.is(answer.json().error, 'unsupported_encoding');
});

test('a chunked body is refused as soon as it exceeds the limit', async (t) => {
  const service = await startService(t);
  const read = countBytesRead(service);
  const answer = await sendRaw(
    service.port,
    `POST /v1/hit HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${`400\r\n${'x'.repeat(1024)}\r\n`.repeat(9)}`,
  );
  t.regex(answer, /^HTTP\/1\.1 413 /);
  t.regex(answer, /\r\nConnection: close\r\n/);
  t.true(answer.endsWith(errorBody('body_too_large')));
  t.true(read() < 16_384);
  t.is((await (await openStream(t, `${service.url}/sse/online`)).next()).online_total, 0);
});

for (const [how, head] of [
  ['with a Content-Length of 1 GiB', 'Content-Length: 1073741824\r\n\r\n'],
  ['with an endless chunk', 'Transfer-Encoding: chunked\r\n\r\n40000000\r\n'],
  ['on a path that does not exist', 'Content-Length: 1073741824\r\n\r\n', '/nowhere'],
  ['from a foreign origin', 'Origin: https://elsewhere.example\r\nContent-Length: 1073741824\r\n\r\n'],
] as const) {
  test(`a POST ${how} is answered while the client still sends, and is hardly read`, async (t) => {
    const service = await startService(t);
    const read = countBytesRead(service);
    const path = how.includes('path') ? '/nowhere' : '/v1/hit';
    const { answer, closed } = await floodUntilAnswered(service.port, `POST ${path} HTTP/1.1\r\nHost: a\r\n${head}`);
    t.regex(answer, /^HTTP\/1\.1 4(13|04|03) /);
    t.regex(answer, /"ok":false/);
    await closed;
    t.true(read() <= 3 * 65_536, `read ${read()} bytes`);
    t.is((await hit(service.url, { uid: 'next' })).status, 200);
  });
}

test('Expect: 100-continue with a body of 1 GiB is refused', async (t) => {
  const service = await startService(t);
  const head = 'POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\nExpect: 100-continue\r\n\r\n';
  const answer = await sendRaw(service.port, head);
  t.regex(answer, /^HTTP\/1\.1 413 /);
});

test('Expect: 100-continue with a heartbeat is answered 100 Continue', async (t) => {
  const { port } = await startService(t);
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  socket.write(
    'POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n',
  );
  const [first] = await once(socket, 'data');
  t.is(first, 'HTTP/1.1 100 Continue\r\n\r\n');
  socket.write('{"uid":"a"}');
  const [second] = await once(socket, 'data');
  t.regex(second, /^HTTP\/1\.1 200 OK/);
  socket.destroy();
});

/** How many bytes the service has read from all its connections together. */
function countBytesRead({ server }: TestService): () => number {
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  return () => sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);
}

/** Sends a request's head and then bytes as fast as they are taken, until an answer has come or the other side closes. */
async function floodUntilAnswered(port: number, head: string): Promise<{ answer: string; closed: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => {});
  socket.write(head);
  const block = Buffer.alloc(65_536, 'x');
  const pump = () => {
    while (socket.writable && socket.write(block));
  };
  socket.on('drain', pump);
  pump();
  let answer = '';
  socket.on('data', (part) => {
    answer += part;
  });
  await once(socket, 'end');
  socket.off('drain', pump);
  return { answer, closed };
}
