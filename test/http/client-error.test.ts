import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { openStream, sendRaw } from '../support/client.js';
import { startService } from '../support/service.js';

for (const [what, start, trickle] of [
  ['header', 'POST /v1/hit HTTP/1.1\r\nHost: a\r\n', 'X-Slow: 1\r\n'],
  ['body', 'POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: 8000\r\n\r\n', ' '],
] as const) {
  test(`a ${what} that arrives too slowly is refused with 408`, async (t) => {
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
    t.is((await (await openStream(t, `${service.url}/sse/online`)).next()).online_total, 0);
  });
}

test('a header over the limit is refused with 431 in JSON', async (t) => {
  const { port } = await startService(t);
  const answer = await sendRaw(port, `GET /health HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`);
  t.regex(answer, /^HTTP\/1\.1 431 /);
  t.regex(answer, /"error":"header_too_large"/);
});
