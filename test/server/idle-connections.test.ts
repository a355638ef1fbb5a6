import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import test from 'ava';
import { correctIdleConnections } from '../../src/server/idle-connections.js';
import { until } from '../support/until.js';

/** More than the buffers of a connection take. */
const LONG = Buffer.alloc(30_000_000, 'x');

test('a closing server sends a slow client its whole answer, and closes idle connections', async (t) => {
  const sent: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    response.on('close', () => sent.push(request.url));
    response.end(request.url === '/long' ? LONG : 'short');
  });
  correctIdleConnections(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => {
    agent.destroy();
    server.closeAllConnections();
  });
  const get = async (path: string) => {
    const outgoing = request({ port, path, agent });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return response;
  };
  const slow = await get('/long');
  const idle = await get('/short');
  const idleClosed = once(idle.socket, 'close');
  await once(idle.resume(), 'end');
  await until(() => sent.includes('/short'), 'the short answer to be sent');

  const closed = once(server.close(), 'close');
  await idleClosed;
  let taken = 0;
  for await (const part of slow) taken += part.length;
  t.is(taken, LONG.length);
  agent.destroy();
  await closed;
});

test('a closing server does not wait for connections without a request, but answers a request that has just arrived', async (t) => {
  // Without Node's own timeouts, nothing but the code under test ever closes the silent connection.
  const server = createServer({ headersTimeout: 0, requestTimeout: 0 }, (_request, response) =>
    response.end('answered'),
  );
  correctIdleConnections(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.closeAllConnections());
  const open = async () => {
    const accepted = once(server, 'connection');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1');
    await accepted;
    return socket;
  };
  const [silent, late] = [await open(), await open()];

  const closed = once(server.close(), 'close');
  late.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const [answer] = await once(late, 'data');
  t.regex(answer, /answered$/);
  server.closeIdleConnections();
  await once(silent.resume(), 'close');
  await closed;
});
