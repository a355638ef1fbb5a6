import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

interface Connection {
  readonly near: Socket;
  readonly far: Socket;
  /** The path of the latest request. */
  path: string;
}

/**
 * A TCP proxy to the service whose connections can go silent without being closed, as when a laptop sleeps or a phone
 * changes networks. Closed after the test.
 */
export async function startStallableProxy(t: ExecutionContext, port: number) {
  const connections = new Set<Connection>();
  let isFrozen = false;
  const stall = ({ near, far }: Connection) => far.unpipe(near).resume();
  const server = createServer((near) => {
    if (isFrozen) return void near.on('error', () => {}).resume();
    const far = connect(port, '127.0.0.1');
    const connection: Connection = { near, far, path: '' };
    connections.add(connection);
    near.on('data', (bytes) => {
      connection.path = /^GET (\S+)/.exec(bytes.toString('latin1'))?.[1] ?? connection.path;
    });
    near.pipe(far);
    far.pipe(near);
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      socket.on('close', () => connections.delete(connection));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const { near, far } of connections) for (const socket of [near, far]) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Silences the open connections whose latest request matches. New connections work. */
    stall: (path: RegExp) => {
      for (const connection of connections) if (path.test(connection.path)) stall(connection);
    },
    /** Silences all open connections, and those that are opened until `thaw`. They stay silent. */
    freeze: () => {
      isFrozen = true;
      for (const connection of connections) stall(connection);
    },
    /** Lets new connections work again. */
    thaw: () => {
      isFrozen = false;
    },
  };
}
