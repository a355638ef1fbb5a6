import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '../protocol/errors.js';

/**
 * Reads a request's body, of any Content-Type, up to `maxBytes`. Nothing is kept of a body that is refused, and no more
 * than one network read of it beyond the limit is ever taken.
 *
 * @param done called once with the bytes or the reason they were refused; never when the client goes away before
 */
export function readBody(request: IncomingMessage, maxBytes: number, done: (body: Buffer | ErrorCode) => void): void {
  const { 'content-encoding': encoding, 'content-length': length } = request.headers;
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return done('unsupported_encoding');
  if (length !== undefined && Number(length) > maxBytes) return done('body_too_large');

  // Express, where it stands in front, has read the body already and left the bytes here.
  const { rawBody } = request as { rawBody?: unknown };
  if (Buffer.isBuffer(rawBody)) return done(rawBody.length > maxBytes ? 'body_too_large' : rawBody);
  if (request.readableEnded) return done(Buffer.alloc(0));

  let body: Buffer | undefined;
  let isRefused = false;
  request.on('data', (chunk: Buffer) => {
    if (isRefused) return;
    if ((body?.length ?? 0) + chunk.length > maxBytes) {
      isRefused = true;
      body = undefined;
      done('body_too_large');
    } else {
      body = body === undefined ? chunk : Buffer.concat([body, chunk]);
    }
  });
  request.on('end', () => {
    if (!isRefused) done(body ?? Buffer.alloc(0));
  });
}
