import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import test from 'ava';
import { ELSEWHERE } from '../../../tools/cost/measured.js';
import { hit } from '../../support/client.js';
import { startService } from '../../support/service.js';

const ORIGIN = 'https://www.example.com';
const uid = (index: number) => `visitor-${index}`.padEnd(32, '0');

/** The bytes of the answer to a heartbeat over a connection that stays open. */
async function answerBytes(port: number, body: object): Promise<number> {
  const text = JSON.stringify(body);
  const socket = connect(port, '127.0.0.1');
  const head = `POST /v1/hit HTTP/1.1\r\nHost: a\r\nOrigin: ${ORIGIN}\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}`;
  socket.write(`${head}\r\n\r\n${text}`);
  let answer = '';
  for await (const part of socket.setEncoding('latin1')) {
    answer += part;
    const [answerHead, answerBody] = answer.split('\r\n\r\n');
    const length = Number(/^content-length: (\d+)/im.exec(answerHead!)?.[1]);
    if (answerBody?.length === length) break;
  }
  return answer.length;
}

test('the answers to heartbeats have the bytes that the costs are computed with', async (t) => {
  const { url, port } = await startService(t, { CORS_ALLOW_ORIGIN: ORIGIN });
  for (let index = 0; index < 10; index++) await hit(url, { uid: uid(index), room: 'room-1' });
  const heartbeat = { uid: uid(1), session: 'a', room: 'room-1' };
  const plain = await answerBytes(port, heartbeat);
  const withView = await answerBytes(port, { ...heartbeat, view: { totals: true, members: 5 } });
  t.true(Math.abs(plain / ELSEWHERE.answerBytes - 1) < 0.03, `${plain} bytes`);
  t.true(Math.abs(withView / ELSEWHERE.answerBytesWithView - 1) < 0.03, `${withView} bytes`);
});

test('what the documents say about memory and Redis is what the costs are computed with', (t) => {
  const { instance, replica } = ELSEWHERE;
  const deploy = readFileSync('docs/deploy.md', 'utf8');
  const scaling = readFileSync('docs/scaling.md', 'utf8');
  const [, visitors, mib] =
    /Enough for ([\d,]+) visitors online and 800 streams \((\d+) MiB measured\)/.exec(deploy) ?? [];
  t.deepEqual([Number(visitors?.replace(',', '')), Number(mib)], [instance.visitors, instance.mib]);
  const [, micros, kilobytes] = /at ([\d.]+) µs each, and keeps ([\d.]+) KB for each visitor/.exec(scaling) ?? [];
  t.deepEqual(
    [Number(micros), Number(kilobytes) * 1000],
    [replica.cpuMicrosecondsPerHeartbeat, replica.bytesPerVisitor],
  );
});
