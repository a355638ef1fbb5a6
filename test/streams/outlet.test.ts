import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import test from 'ava';
import { hit } from '../support/client.js';
import { startService } from '../support/service.js';
import { until } from '../support/until.js';

/** A connection that keeps everything it receives. */
async function open(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const connection = { socket, text: '' };
  socket.setEncoding('latin1').on('data', (part) => {
    connection.text += part;
  });
  socket.on('error', () => {});
  return connection;
}

/** The payload of chunks. Throws when they are not well-formed. */
function unchunk(text: string): string {
  let plain = '';
  for (let rest = text; rest !== ''; ) {
    const [line, digits] = /^([0-9a-f]+)\r\n/.exec(rest)!;
    const length = Number.parseInt(digits!, 16);
    plain += rest.slice(line.length, line.length + length);
    if (rest.slice(line.length + length, line.length + length + 2) !== '\r\n') throw new Error('no line end');
    rest = rest.slice(line.length + length + 2);
  }
  return plain;
}

const eventsIn = (text: string) => text.split('\n\n').filter((event) => event.startsWith('data: ')).length;

test('every chunk of a stream is well-formed, from the first to the last', async (t) => {
  const { port, url, time } = await startService(t, { STREAM_MAX_AGE_SECONDS: '10' });
  const connection = await open(port);
  connection.socket.write('GET /sse/online HTTP/1.1\r\nHost: a\r\n\r\n');
  await until(() => connection.text.includes('data: '));
  const hasEnded = () => connection.text.endsWith('\r\n0\r\n\r\n');
  for (let tick = 0; tick < 8; tick++) {
    await hit(url, { uid: `visitor-${'ä'.repeat(tick)}` });
    const before = connection.text.length;
    time.pass(2000);
    await until(() => connection.text.length > before || hasEnded(), 'what the tick sends');
  }
  await until(hasEnded);
  const [head, body] = connection.text.split(/\r\n\r\n(.*)/s);
  t.regex(head!, /^Transfer-Encoding: chunked$/im);
  const plain = unchunk(body!);
  t.is(eventsIn(plain), 5);
  t.regex(plain, /retry: \d+\n\n$/);
});

test('an HTTP/1.0 client gets events without chunked coding', async (t) => {
  const { port, time } = await startService(t);
  const connection = await open(port);
  connection.socket.write('GET /sse/online HTTP/1.0\r\n\r\n');
  await until(() => connection.text.includes('data: '));
  time.pass(2000);
  time.pass(2000);
  await until(() => eventsIn(connection.text.split('\r\n\r\n')[1]!) === 3);
  t.regex(connection.text.split('\r\n\r\n')[1]!, /^(data: \{.*\}\n\n){3}$/);
});

test('a stream that is pipelined after a heartbeat is answered after it', async (t) => {
  const { port, time } = await startService(t);
  const connection = await open(port);
  connection.socket.write(
    'POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{"uid":"ada"}GET /sse/online HTTP/1.1\r\nHost: a\r\n\r\n',
  );
  await until(() => connection.text.includes('data: '));
  time.pass(2000);
  await until(() => connection.text.includes('"ada"'));
  const [, answer, stream] = connection.text.split('HTTP/1.1 200 OK');
  t.regex(answer!, /\{"ok":true\}$/);
  t.is(eventsIn(unchunk(stream!.replace(/^.*?\r\n\r\n/s, ''))), 2);
});

test('a connection whose stream has ended serves the next request, and keeps no listener of the stream', async (t) => {
  const { port, time, server } = await startService(t, { STREAM_MAX_AGE_SECONDS: '6' });
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  const connection = await open(port);
  for (let round = 1; round <= 3; round++) {
    connection.socket.write('GET /sse/online HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => connection.text.split('HTTP/1.1 200').length === round + 1);
    await until(() => connection.text.endsWith('\n\n\r\n'));
    for (let tick = 0; tick < 3; tick++) time.pass(2000);
    await until(() => connection.text.split('\r\n0\r\n\r\n').length === round + 1);
  }
  t.is(sockets.length, 1);
  await until(() => sockets[0]!.listenerCount('drain') <= 1);
  t.pass();
});
