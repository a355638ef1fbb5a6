import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { openStream, send } from '../support/client.js';
import { startService } from '../support/service.js';
import { until } from '../support/until.js';

test('pipelined streams free their places when their connection closes before their turn', async (t) => {
  const { url, port } = await startService(t, { METRICS: 'open', STREAMS_PER_ADDRESS: '21' });
  const openStreams = () => metric(url, 'presence_streams{kind="online"}');
  const evicted = () => metric(url, 'presence_evicted_streams_total');
  await openStream(t, `${url}/sse/online`);
  const socket = connect(port, '127.0.0.1').resume();
  socket.write('GET /sse/online HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20));
  await until(async () => (await openStreams()) === 21, 'all streams to be counted');
  await openStream(t, `${url}/sse/online`);
  t.is(await evicted(), 1);
  socket.destroy();
  await until(async () => (await openStreams()) === 1, 'all places to be freed');
  for (let round = 0; round < 20; round++) await openStream(t, `${url}/sse/online`);
  t.is(await evicted(), 1);
  await openStream(t, `${url}/sse/online`);
  t.is(await evicted(), 2, 'each was freed once');
});

test('a pipelined stream that has ended frees its place once, and not again when the connection closes', async (t) => {
  const { url, port, time, server } = await startService(t, {
    METRICS: 'open',
    STREAMS_PER_ADDRESS: '2',
    STREAM_MAX_AGE_SECONDS: '2',
  });
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
  t.is(await metric(url, 'presence_evicted_streams_total'), 0);
  await openStream(t, `${url}/sse/online`);
  t.is(await metric(url, 'presence_evicted_streams_total'), 1);
});

async function metric(url: string, name: string): Promise<number> {
  const line = (await send(`${url}/metrics`)).text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ').at(-1));
}
