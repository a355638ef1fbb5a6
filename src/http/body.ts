import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '../protocol/errors.js';
import { type JsonObject, parseJsonObject } from '../protocol/json.js';
import { fail, ok, type Result } from '../protocol/result.js';

/** Reads a request's body as one JSON object, whatever its Content-Type. Limits and pending promises as of `readBody`. */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<Result<JsonObject, ErrorCode>> {
  const body = await readBody(request, maxBytes);
  return body.ok ? parseJsonObject(body.value) : body;
}

/**
 * Reads a request's body, up to `maxBytes`. Keeps nothing of a rejected body, and never takes more than one network read
 * beyond the limit. The promise stays pending when the client disconnects first.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Result<Buffer, ErrorCode>> {
  return new Promise((resolve) => {
    const { 'content-encoding': encoding, 'content-length': length } = request.headers;
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return resolve(fail('unsupported_encoding'));
    if (length !== undefined && Number(length) > maxBytes) return resolve(fail('body_too_large'));

    // Without direct dispatch, Express has read the body already and left the bytes here.
    const { rawBody } = request as { rawBody?: unknown };
    if (Buffer.isBuffer(rawBody)) return resolve(rawBody.length > maxBytes ? fail('body_too_large') : ok(rawBody));
    if (request.readableEnded) return resolve(ok(Buffer.alloc(0)));

    let body: Buffer | undefined;
    let isRejected = false;
    request.on('data', (chunk: Buffer) => {
      if (isRejected) return;
      if ((body?.length ?? 0) + chunk.length > maxBytes) {
        isRejected = true;
        body = undefined;
        resolve(fail('body_too_large'));
      } else {
        body = body === undefined ? chunk : Buffer.concat([body, chunk]);
      }
    });
    request.on('end', () => {
      if (!isRejected) resolve(ok(body ?? Buffer.alloc(0)));
    });
  });
}
