import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import test from 'ava';
import { type CliService, startCli } from '../support/cli.js';
import { hit, openStream } from '../support/client.js';
import { isListening } from '../support/listening.js';
import { until } from '../support/until.js';

for (const DIRECT_DISPATCH of ['on', 'off']) {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal} ends every stream with a comment and a retry time (direct dispatch ${DIRECT_DISPATCH})`, async (t) => {
      const service = await startCli(t, { DIRECT_DISPATCH });
      const streams = [
        await openStream(t, `${service.url}/sse/online`),
        await openStream(t, `${service.url}/sse/online`),
      ];
      await Promise.all(streams.map((stream) => stream.next()));
      service.process.kill(signal);
      for (const stream of streams) {
        t.true(await stream.ended, 'the stream ended as a whole one');
        t.deepEqual(stream.comments, ['the service is restarting']);
        t.is(stream.retries.length, 1);
        t.true(stream.retries[0]! >= 1000 && stream.retries[0]! <= 5000);
      }
      t.is(await service.exited, 0);
      t.is(service.output().includes('Received'), false, "the framework's own listener did not run");
    });
  }
}

test('SIGTERM lets a request in flight finish, and then closes its connection', async (t) => {
  const service = await startCli(t);
  const socket = await sendHalfAHeartbeat(service);
  service.process.kill('SIGTERM');
  await refusesConnections(service);
  socket.write(':"a"}');
  let answer = '';
  socket.on('data', (part) => {
    answer += part;
  });
  await once(socket, 'close');
  t.regex(answer, /^HTTP\/1\.1 200 OK\r\n/);
  t.regex(answer, /\r\nConnection: close\r\n/);
  t.is(await service.exited, 0);
});

test('SIGTERM does not wait for idle connections, nor longer than 8 s for a client that never finishes', async (t) => {
  const service = await startCli(t);
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const idle = request(`${service.url}/health`, { agent });
  idle.end();
  const [response] = await once(idle, 'response');
  response.resume();
  await sendHalfAHeartbeat(service);
  const began = performance.now();
  service.process.kill('SIGTERM');
  t.is(await service.exited, 0);
  t.true(performance.now() - began < 8000);
});

test('a second signal ends the process at once', async (t) => {
  const service = await startCli(t);
  await sendHalfAHeartbeat(service);
  service.process.kill('SIGTERM');
  await refusesConnections(service);
  service.process.kill('SIGTERM');
  t.is(await service.exited, 0);
  t.notRegex(service.output(), /did not end in time/);
});

test('a stream that is opened during the shutdown gets a retry time, not an error', async (t) => {
  const service = await startCli(t);
  // A connection that was there before is the only way in by then.
  const held = await sendHalfAHeartbeat(service);
  service.process.kill('SIGTERM');
  await refusesConnections(service);
  let answer = '';
  held.on('data', (part) => {
    answer += part;
  });
  held.write(':"a"}GET /sse/online HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(held, 'close');
  t.is(await service.exited, 0);
  t.regex(answer, /^HTTP\/1\.1 200 OK/);
});

test('an uncaught error is logged as one critical line, ends the streams and exits with code 1', async (t) => {
  const service = await startCli(t, {
    NODE_OPTIONS: `--import=${new URL('../support/throw-on-usr2.mjs', import.meta.url)}`,
  });
  const stream = await openStream(t, `${service.url}/sse/online`);
  await hit(service.url, { uid: 'a' });
  service.process.kill('SIGUSR2');
  t.true(await stream.ended);
  t.is(await service.exited, 1);
  const critical = service.logLines.filter((line) => line.severity === 'CRITICAL');
  t.is(critical.length, 1);
  t.is(critical[0]!.error, 'thrown by a test');
  t.regex(critical[0]!.stack_trace as string, /Error: thrown by a test\n/);
});

/** Waits until the service takes no more connections. */
const refusesConnections = ({ port }: CliService) =>
  until(async () => !(await isListening(port)), 'the service to take no more connections');

/**
 * Sends a heartbeat whose body lacks its last bytes, `:"a"}`, and waits until the service has read it: a whole request goes
 * before it in the same packet, and is answered.
 */
async function sendHalfAHeartbeat({ port }: CliService): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  socket.on('error', () => {});
  socket.write(
    'GET /health HTTP/1.1\r\nHost: a\r\n\r\nPOST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n{"uid"',
  );
  await once(socket, 'data');
  return socket;
}
