import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** One listener per connection serves all its queued responses: a client may pipeline many requests for streams. */
const queuedByConnection = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Makes a response emit `close` when its connection closes, even while it is queued behind an earlier response of the same
 * connection (HTTP pipelining). Node 20 only notifies the response whose turn it is, so the places that the others hold
 * would never be given back. Later versions notify all of them, so `close` may be emitted twice.
 */
export function closeWithConnection({ socket }: IncomingMessage, response: ServerResponse): void {
  if (response.socket !== null) return;
  const queued = queuedByConnection.get(socket) ?? new Set();
  if (!queuedByConnection.has(socket)) {
    queuedByConnection.set(socket, queued);
    socket.on('close', () => {
      // Node 20 only: later versions have emitted it already.
      for (const each of queued) each.destroy().emit('close');
    });
  }
  queued.add(response);
  response.on('socket', () => queued.delete(response));
}
