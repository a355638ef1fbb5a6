import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Whom one listener on a connection tells: a client may ask for many streams in one breath. */
const waitingOn = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Has a response say `close` when its connection closes, also while it waits for an earlier one on the same connection.
 * Node 20 tells only the response whose turn it is; what the others hold would be held for ever. Later ones tell all, so
 * `close` may come twice.
 */
export function closeWithConnection({ socket }: IncomingMessage, response: ServerResponse): void {
  if (response.socket !== null) return;
  const waiting = waitingOn.get(socket) ?? new Set();
  if (!waitingOn.has(socket)) {
    waitingOn.set(socket, waiting);
    socket.on('close', () => {
      for (const each of waiting) each.destroy().emit('close');
    });
  }
  waiting.add(response);
  response.on('socket', () => waiting.delete(response));
}
