import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import test from 'ava';
import { onNextServer } from '../../src/server/direct-dispatch.js';
import { startCli } from '../support/cli.js';
import { hit, openStream } from '../support/client.js';

test.serial('the next HTTP server is found before it listens, and other servers are ignored', async (t) => {
  const found: Server[] = [];
  onNextServer((server) => {
    found.push(server);
  });
  const servers = [createNetServer(), createHttpServer(), createHttpServer()];
  for (const server of servers) {
    server.listen(0);
    await once(server, 'listening');
    server.close();
  }
  t.deepEqual(found, [servers[1]]);
});

test.serial('waiting for a server can be cancelled', async (t) => {
  const stop = onNextServer(() => t.fail());
  stop();
  const server = createHttpServer().listen(0);
  await once(server, 'listening');
  server.close();
  t.pass();
});

test('when Node announces no server, requests go through Express and the shutdown still ends streams cleanly', async (t) => {
  const preload = new URL('../support/mute-diagnostics.mjs', import.meta.url);
  const service = await startCli(t, { NODE_OPTIONS: `--import=${preload}`, PORT: String(await findFreePort()) });
  t.is((await hit(service.url, { uid: 'ada' })).status, 200);
  const stream = await openStream(t, `${service.url}/sse/online`);
  t.deepEqual((await stream.next()).active_uids, ['ada']);
  service.process.kill('SIGTERM');
  t.true(await stream.ended);
  t.deepEqual(stream.comments, ['the service is restarting']);
  t.is(await service.exited, 0);
});

async function findFreePort(): Promise<number> {
  const server = createNetServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
