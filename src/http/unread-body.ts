import type { IncomingMessage } from 'node:http';
import type { Context } from './context.js';
import { rawAnswer } from './raw-answer.js';

/** Reading the rest of a shorter body costs less than a new connection. */
const WORTH_READING_BYTES = 4096;
const LINGER_MS = 1000;

/** Whether the client still has more body to send than is worth reading to keep the connection. */
export function hasUnreadBody(request: IncomingMessage): boolean {
  if (request.complete || request.readableEnded) return false;
  const length = request.headers['content-length'];
  return (
    request.headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) > WORTH_READING_BYTES)
  );
}

/**
 * Answers a client that is still sending, and stops reading.
 *
 * Node offers two other ways, and both are wrong: to read all the rest of the body, however long, or to close at once, upon
 * which the client's kernel discards the answer unread. So the answer bypasses Node's response, the connection is half
 * closed, and what the client sends stays in the kernel until the client notices or a second has passed.
 */
export function answerUnreadBody(context: Context, status: number, headers: readonly string[], body: string): void {
  const { request, response } = context;
  const { socket } = response;
  if (socket === null || response.headersSent) {
    // An earlier request on the same connection is answered first: Node keeps the order, then closes.
    response.writeHead(status, [...headers, 'Connection', 'close']).end(body);
    return;
  }
  request.removeAllListeners('data').removeAllListeners('end').pause();
  // Node's parser reads the connection in native code, and ignores pause(), until somebody listens to its data.
  socket
    .on('data', () => {})
    .removeAllListeners('data')
    .pause();
  socket.end(rawAnswer(status, headers, request.method === 'HEAD' ? '' : body));
  // Node closes an HTTP connection that is silent for this long.
  socket.setTimeout(LINGER_MS);
}
