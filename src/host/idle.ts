import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A connection and, in Node's own name for it, the answer whose turn it is on it. */
type Connection = Socket & { _httpMessage?: ServerResponse | null };

/**
 * Keeps a server that closes from cutting answers that clients are still taking. Node counts a connection as idle from
 * when its answer has been ended, not from when it has been sent, and `close` cuts those that are idle.
 */
export function keepUnsentAnswers(server: Server): void {
  const connections = new Set<Connection>();
  server.on('connection', (connection: Connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
  });
  const closeIdleConnections = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    const unsent = [...connections].flatMap(({ _httpMessage: answer }) => (answer?.finished ? [answer] : []));
    // The mark that Node looks at is taken off while it looks.
    for (const answer of unsent) Reflect.set(answer, 'finished', false);
    closeIdleConnections();
    for (const answer of unsent) Reflect.set(answer, 'finished', true);
  };
}
