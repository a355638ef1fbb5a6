import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { errorBody } from '../../src/protocol/errors.js';
import { hit, openStream, send, sendRaw } from '../support/client.js';
import { startService, type TestService } from '../support/service.js';

/** Everything that is wrong with a body, with the status and code it gets. */
const REFUSED: readonly (readonly [what: string, body: string | Buffer, status: number, code: string])[] = [
  ['an empty body', '', 400, 'body_empty'],
  ['a body of white space', ' \n', 400, 'body_empty'],
  ['a lone byte order mark', '\ufeff', 400, 'body_empty'],
  ['broken JSON', '{"uid":"a"', 400, 'invalid_json'],
  ['a form', 'uid=a&last_activity=1', 400, 'invalid_json'],
  ['NaN, which is no JSON', '{"uid":"a","last_activity":NaN}', 400, 'invalid_json'],
  ['bytes that are not UTF-8', Buffer.from('{"uid":"\xff"}', 'latin1'), 400, 'body_not_utf8'],
  ['a list', '[{"uid":"a"}]', 400, 'not_an_object'],
  ['a text', '"a"', 400, 'not_an_object'],
  ['a number', '42', 400, 'not_an_object'],
  ['null', 'null', 400, 'not_an_object'],
  ['no uid', '{}', 400, 'uid_missing'],
  ['a null uid', '{"uid":null}', 400, 'uid_missing'],
  ['a uid in the prototype', '{"__proto__":{"uid":"a"}}', 400, 'uid_missing'],
  ['an empty uid', '{"uid":""}', 400, 'uid_empty'],
  ['a boolean uid', '{"uid":true}', 400, 'uid_wrong_type'],
  ['a list as uid', '{"uid":["a"]}', 400, 'uid_wrong_type'],
  ['an object as uid', '{"uid":{"a":1}}', 400, 'uid_wrong_type'],
  ['a number that JSON has rounded as uid', '{"uid":9007199254740993}', 400, 'uid_wrong_type'],
  ['a number beyond all bounds as uid', '{"uid":1e999}', 400, 'uid_wrong_type'],
  ['a uid of 257 characters', JSON.stringify({ uid: 'x'.repeat(257) }), 400, 'uid_too_long'],
  ['a uid of 257 characters outside the basic plane', JSON.stringify({ uid: '𝄞'.repeat(257) }), 400, 'uid_too_long'],
  ['a line break in the uid', '{"uid":"a\\nb"}', 400, 'uid_bad_character'],
  ['a null character in the uid', '{"uid":"a\\u0000"}', 400, 'uid_bad_character'],
  ['a C1 control character in the uid', '{"uid":"\\u0085"}', 400, 'uid_bad_character'],
  ['half a surrogate pair in the uid', '{"uid":"\\ud800"}', 400, 'uid_bad_character'],
  ['a negative last_activity', '{"uid":"a","last_activity":-1}', 400, 'last_activity_negative'],
  ['a negative last_activity as text', '{"uid":"a","last_activity":"-0.5"}', 400, 'last_activity_negative'],
  ['"NaN" as last_activity', '{"uid":"a","last_activity":"NaN"}', 400, 'last_activity_not_number'],
  ['a text as last_activity', '{"uid":"a","last_activity":"yesterday"}', 400, 'last_activity_not_number'],
  ['an empty text as last_activity', '{"uid":"a","last_activity":""}', 400, 'last_activity_not_number'],
  ['a hexadecimal last_activity', '{"uid":"a","last_activity":"0x10"}', 400, 'last_activity_not_number'],
  ['true as last_activity', '{"uid":"a","last_activity":true}', 400, 'last_activity_not_number'],
  ['an infinite last_activity', '{"uid":"a","last_activity":1e999}', 400, 'last_activity_not_number'],
  ['milliseconds', '{"uid":"a","last_activity":1795522572000}', 400, 'last_activity_in_milliseconds'],
  ['milliseconds as text', '{"uid":"a","last_activity":"1795522572000"}', 400, 'last_activity_in_milliseconds'],
  ['a body of one byte too many', `{"uid":"a"}${' '.repeat(8182)}`, 413, 'body_too_large'],
];

for (const [what, body, status, code] of REFUSED) {
  test(`${what} is refused with ${code}, and nothing changes`, async (t) => {
    const service = await startService(t);
    await hit(service.url, { uid: 'here', last_activity: service.time.seconds() });
    const answer = await send(`${service.url}/v1/hit`, { body });
    t.is(answer.status, status);
    const json = answer.json();
    t.deepEqual(Object.keys(json), ['ok', 'error', 'message']);
    t.is(json.ok, false);
    t.is(json.error, code);
    t.regex(json.message as string, /^[A-Z].{15,}[.]$/);
    t.truthy(answer.headers['access-control-allow-origin']);
    await assertOnlyHereIsOnline(t, service);
  });
}

test('the longest body, uid and time that are allowed are taken', async (t) => {
  const { url } = await startService(t);
  t.is((await send(`${url}/v1/hit`, { body: `{"uid":"a"}${' '.repeat(8181)}` })).status, 200);
  t.is((await hit(url, { uid: '𝄞'.repeat(256) })).status, 200);
  t.is((await hit(url, { uid: 'future', last_activity: 1e11 })).status, 200);
  t.is((await hit(url, { uid: Number.MAX_SAFE_INTEGER, last_activity: '0' })).status, 200);
  t.is((await send(`${url}/v1/hit`, { body: '\ufeff{"uid":"with a mark","unknown":1}' })).status, 200);
});

test('a gzip-encoded body is refused unread', async (t) => {
  const service = await startService(t);
  const answer = await send(`${service.url}/v1/hit`, {
    body: gzipSync('{"uid":"a"}'),
    headers: { 'content-encoding': 'gzip' },
  });
  t.is(answer.status, 415);
  t.is(answer.json().error, 'unsupported_encoding');
});

test('a chunked body over the limit is refused as soon as it is over', async (t) => {
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
  await assertNobodyIsOnline(t, service);
});

for (const [how, head] of [
  ['with a Content-Length of 1 GiB', 'Content-Length: 1073741824\r\n\r\n'],
  ['chunked without end', 'Transfer-Encoding: chunked\r\n\r\n40000000\r\n'],
  ['on a path that does not exist', 'Content-Length: 1073741824\r\n\r\n', '/nowhere'],
  ['from a foreign origin', 'Origin: https://elsewhere.example\r\nContent-Length: 1073741824\r\n\r\n'],
] as const) {
  test(`a post ${how} is answered while the client still sends, and hardly read`, async (t) => {
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

test('a client that asks whether to send 1 GiB is told no', async (t) => {
  const service = await startService(t);
  const head = 'POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\nExpect: 100-continue\r\n\r\n';
  const answer = await sendRaw(service.port, head);
  t.regex(answer, /^HTTP\/1\.1 413 /);
});

test('a client that asks whether to send a heartbeat is told to go on', async (t) => {
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

for (const [what, start, trickle] of [
  ['header', 'POST /v1/hit HTTP/1.1\r\nHost: a\r\n', 'X-Slow: 1\r\n'],
  ['body', 'POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: 8000\r\n\r\n', ' '],
] as const) {
  test(`a ${what} that trickles in is given up on`, async (t) => {
    const service = await startService(t, { REQUEST_TIMEOUT_SECONDS: '0.5' });
    const socket = connect(service.port, '127.0.0.1').setEncoding('latin1');
    socket.on('error', () => {});
    socket.write(start);
    const trickling = setInterval(() => socket.write(trickle), 50);
    t.teardown(() => clearInterval(trickling));
    let answer = '';
    socket.on('data', (part) => {
      answer += part;
    });
    await once(socket, 'close');
    t.regex(answer, /^HTTP\/1\.1 408 Request Timeout\r\n/);
    t.regex(answer, /"error":"request_timeout"/);
    await assertNobodyIsOnline(t, service);
  });
}

test('a header beyond all measure is refused in JSON', async (t) => {
  const { port } = await startService(t);
  const answer = await sendRaw(port, `GET /health HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`);
  t.regex(answer, /^HTTP\/1\.1 431 /);
  t.regex(answer, /"error":"header_too_large"/);
});

test('answers keep the order of requests sent back to back, refusals among them', async (t) => {
  const { port } = await startService(t);
  const post = (body: string) => `POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const last = 'POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n';
  const answer = await sendRaw(port, post('{"uid":"a"}') + post('nonsense') + post('{"uid":"b"}') + last);
  t.deepEqual(answer.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 400', 'HTTP/1.1 200', 'HTTP/1.1 413']);
});

async function assertOnlyHereIsOnline(t: ExecutionContext, { url }: TestService): Promise<void> {
  const event = await (await openStream(t, `${url}/sse/online`)).next();
  t.deepEqual(event.active_uids, ['here']);
  t.is(event.online_total, 1);
}

async function assertNobodyIsOnline(t: ExecutionContext, { url }: TestService): Promise<void> {
  t.is((await (await openStream(t, `${url}/sse/online`)).next()).online_total, 0);
}

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
