import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A connection with its current response, under Node's internal name for it. */
type Connection = Socket & { _httpMessage?: ServerResponse | null };

/**
 * Corrects which connections `server.closeIdleConnections` closes. Node regards a connection as idle as soon as its response
 * has ended, even when the client has not received all of it yet, and would cut it off. And Node never closes a connection
 * without any request, such as browsers open in advance, so the server would wait for it.
 */
export function correctIdleConnections(server: Server): void {
  const connections = new Set<Connection>();
  server.on('connection', (connection: Connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
  });
  let silentLastTime: readonly Connection[] = [];
  const closeIdleConnections = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    const unsent = [...connections].flatMap(({ _httpMessage: answer }) => (answer?.finished ? [answer] : []));
    // Node looks at `finished`. Clear it for the time of the call.
    for (const answer of unsent) Reflect.set(answer, 'finished', false);
    closeIdleConnections();
    for (const answer of unsent) Reflect.set(answer, 'finished', true);
    // At the second call only: a request may have arrived that has not been read yet.
    for (const connection of silentLastTime) if (connection.bytesRead === 0) connection.destroy();
    silentLastTime = [...connections].filter(({ bytesRead }) => bytesRead === 0);
  };
}
