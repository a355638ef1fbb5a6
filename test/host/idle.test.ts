import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { keepUnsentAnswers } from '../../src/host/idle.js';

/** More than the buffers of a connection take. */
const LONG = Buffer.alloc(30_000_000, 'x');

test('a server that closes lets a slow client take its answer to the end, and cuts connections that are idle', async (t) => {
  const server = createServer((request, response) => response.end(request.url === '/long' ? LONG : 'short'));
  keepUnsentAnswers(server);
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
  await delay(100);

  const closed = once(server.close(), 'close');
  await idleClosed;
  let taken = 0;
  for await (const part of slow) taken += part.length;
  t.is(taken, LONG.length);
  agent.destroy();
  await closed;
});
