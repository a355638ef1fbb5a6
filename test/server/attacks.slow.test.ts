import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { sendRaw } from '../support/client.js';
import { pipeline } from '../support/pipeline.js';
import { startTarget } from '../support/target.js';
import { until } from '../support/until.js';

const post = (body: string, path = '/v1/hit') =>
  Buffer.from(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

/** Opens many connections and writes to each, then lets them be. Closed after the test. */
async function openMany(t: ExecutionContext, port: number, count: number, bytes: string): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => {}));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  // Written before it is connected, because a service with a short timeout closes a connection without a request.
  for (const socket of sockets) socket.write(bytes);
  await Promise.all(sockets.map((socket) => once(socket, 'connect').catch(() => {})));
  return sockets;
}

test('clients that send headers and bodies too slowly are disconnected', async (t) => {
  const target = await startTarget(t, { REQUEST_TIMEOUT_SECONDS: '1' });
  const sockets = [
    ...(await openMany(t, target.port, 250, 'POST /v1/hit HTTP/1.1\r\nHost: a\r\n')),
    ...(await openMany(t, target.port, 250, 'POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: 8000\r\n\r\n{')),
  ];
  for (const socket of sockets) socket.resume();
  const open = () => sockets.filter((socket) => !socket.closed && !socket.destroyed).length;
  let round = 0;
  const trickle = setInterval(() => {
    round++;
    for (const [index, socket] of sockets.entries()) socket.write(index < 250 ? `X-${round}: 1\r\n` : ' ');
  }, 200);
  t.teardown(() => clearInterval(trickle));
  await until(() => open() === 0, 'all connections to be closed');
  clearInterval(trickle);
  t.is(open(), 0);
  await target.assertUnharmed();
});

test('clients that stop in the middle of a request, or never read, leave no lasting cost', async (t) => {
  const target = await startTarget(t, { STREAM_DRAIN_TIMEOUT_SECONDS: '1' });
  const silent = await openMany(t, target.port, 200, 'GET /sse/online HTTP/1.1\r\nHost: a\r\n\r\n');
  for (const socket of silent) socket.pause();
  const asking = await openMany(t, target.port, 50, 'GET /v1/online HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200));
  for (const socket of asking) socket.pause();
  // Longer than the service waits for them.
  await target.passes(2);
  for (const socket of [...silent, ...asking]) socket.destroy();
  await target.assertUnharmed();
});

test('ten thousand pipelined requests are answered in order', async (t) => {
  const target = await startTarget(t);
  const requests = Array.from({ length: 10_000 }, (_, index) =>
    post(index % 3 === 0 ? 'nonsense' : '{"uid":"bystander"}'),
  );
  const answers = await pipeline(target.port, requests);
  t.true(answers.every(({ status }, index) => status === (index % 3 === 0 ? 400 : 200)));
  await target.assertUnharmed();
});

test('hostile JSON, request targets and headers do no harm', async (t) => {
  const target = await startTarget(t);
  const deep = '['.repeat(4000);
  const bodies: [body: string, status: number][] = [
    [deep, 400],
    [`{"uid":${deep}`, 400],
    [`{"uid":"a","info":{"a":${'['.repeat(1000)}${']'.repeat(1000)}}}`, 400],
    ['{"uid":"a","uid":"twice"}', 200],
    ['{"__proto__":{"uid":"a"}}', 400],
    ['{"uid":"a","__proto__":{"room":"x"},"constructor":{"prototype":{"y":1}}}', 200],
    ['{"uid":"\\u0000"}', 400],
    ['{"uid":"a\\r\\nSet-Cookie: x=1"}', 400],
    ['{"uid":"\\udc00"}', 400],
    ['{"uid":"hasOwnProperty","room":"__proto__","session":"constructor","info":{"__proto__":"x"}}', 200],
  ];
  const answers = await pipeline(
    target.port,
    bodies.map(([body]) => post(body)),
  );
  t.deepEqual(
    answers.map(({ status }) => status),
    bodies.map(([, status]) => status),
  );
  const heads = [
    'GET /sse/changes HTTP/1.1\r\nHost: a\r\nLast-Event-ID: a\0b\r\n\r\n',
    'GET /v1/online HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\n b\r\n\r\n',
    'GET /v1/visitors/a%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'GET /v1/online HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
    'POST /v1/hit HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: a\r\n${`X: ${'y'.repeat(100)}\r\n`.repeat(500)}\r\n`,
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  ];
  for (const head of heads) {
    const answer = await sendRaw(target.port, Buffer.from(head, 'latin1'));
    t.regex(answer, /^HTTP\/1\.1 4(00|31) /, head.slice(0, 60));
    t.notRegex(answer, /set-cookie/i);
  }
  await target.assertUnharmed();
});

test('repeated waves of a thousand streams from one address do not disturb the watchers of others', async (t) => {
  t.timeout(120_000);
  const target = await startTarget(t, { STREAMS_PER_ADDRESS: '500' });
  for (let round = 0; round < 5; round++) {
    const path = round % 2 === 0 ? '/sse/changes' : '/sse/online';
    const sockets = await openMany(
      t,
      target.port,
      1000,
      `GET ${path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\nAccept-Encoding: gzip\r\n\r\n`,
    );
    const statuses = await Promise.all(
      sockets.map(async (socket) => {
        const [first] = await once(socket, 'data');
        return (first as Buffer).toString('latin1').slice(9, 12);
      }),
    );
    t.is(statuses.filter((status) => status === '200').length, 1000);
    for (const socket of sockets) socket.destroy();
    await until(async () => (await target.openStreams()) === 2, 'the streams to be closed');
  }
  await target.assertUnharmed();
});

test('a flood of new visitors at the limit is refused, and known visitors continue', async (t) => {
  const target = await startTarget(t, { MAX_VISITORS: '500', MAX_ROOMS: '50' });
  let refused = 0;
  for (let round = 0; round < 100; round++) {
    const bodies = Array.from(
      { length: 200 },
      (_, index) => `{"uid":"flood-${round}-${index}","room":"room-${index}"}`,
    );
    const answers = await pipeline(
      target.port,
      bodies.map((body) => post(body)),
    );
    refused += answers.filter(({ status }) => status === 429).length;
    t.true(answers.every(({ status }) => status === 200 || status === 429));
  }
  t.true(refused > 15_000, `${refused} of 20000 were refused`);
  await target.assertUnharmed();
});
