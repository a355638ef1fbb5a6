import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { openStream, send } from '../support/client.js';
import { startService } from '../support/service.js';
import { until } from '../support/until.js';

test('pipelined streams free their places when their connection closes before their turn', async (t) => {
  const { url, port } = await startService(t, { METRICS: 'open', STREAMS_PER_ADDRESS: '21' });
  const openStreams = async () =>
    Number(/^presence_streams\{kind="online"\} (\d+)$/m.exec((await send(`${url}/metrics`)).text)![1]);
  await openStream(t, `${url}/sse/online`);
  const socket = connect(port, '127.0.0.1').resume();
  socket.write('GET /sse/online HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20));
  await until(async () => (await openStreams()) === 21, 'all streams to be counted');
  t.is((await openStream(t, `${url}/sse/online`)).response.statusCode, 429);
  socket.destroy();
  await until(async () => (await openStreams()) === 1, 'all places to be freed');
  for (let round = 0; round < 20; round++) await openStream(t, `${url}/sse/online`);
  t.is((await openStream(t, `${url}/sse/online`)).response.statusCode, 429, 'each was freed once');
});

test('a pipelined stream that has ended frees its place once, and not again when the connection closes', async (t) => {
  const { url, port, time, server } = await startService(t, { STREAMS_PER_ADDRESS: '2', STREAM_MAX_AGE_SECONDS: '2' });
  const [socket, [connection]] = [connect(port, '127.0.0.1').setEncoding('latin1'), await once(server, 'connection')];
  let text = '';
  socket.on('data', (part) => {
    text += part;
  });
  socket.write('GET /sse/online HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2));
  await until(() => text.includes('data: '));
  time.pass(4000);
  await until(() => text.split('\r\n0\r\n\r\n').length === 3, 'both to end');
  for (let round = 0; round < 2; round++) await openStream(t, `${url}/sse/online`);
  socket.destroy();
  await once(connection, 'close');
  t.is((await send(`${url}/sse/online`)).json().error, 'too_many_streams_here');
});
