import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A connection and, in Node's own name for it, the answer whose turn it is on it. */
type Connection = Socket & { _httpMessage?: ServerResponse | null };

/**
 * Mends what a server takes for an idle connection when it closes. For Node a connection is idle from when its answer has
 * been ended, not from when it has been sent: clients that are still taking theirs would be cut off. And it never counts
 * one that has not said anything yet, such as browsers open in advance: the server would wait for it.
 */
export function mendIdleness(server: Server): void {
  const connections = new Set<Connection>();
  server.on('connection', (connection: Connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
  });
  let silentBefore: readonly Connection[] = [];
  const closeIdleConnections = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    const unsent = [...connections].flatMap(({ _httpMessage: answer }) => (answer?.finished ? [answer] : []));
    // The mark that Node looks at is taken off while it looks.
    for (const answer of unsent) Reflect.set(answer, 'finished', false);
    closeIdleConnections();
    for (const answer of unsent) Reflect.set(answer, 'finished', true);
    // Not at once, as what it says may have arrived and only not been read yet.
    for (const connection of silentBefore) if (connection.bytesRead === 0) connection.destroy();
    silentBefore = [...connections].filter(({ bytesRead }) => bytesRead === 0);
  };
}
