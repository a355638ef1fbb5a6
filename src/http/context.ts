import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from '../auth/watch-access.js';
import { type ErrorCode, errorBody, errorStatus } from '../protocol/errors.js';
import type { CorsDecision } from './cors.js';
import { rawAnswer } from './raw-answer.js';

/** One request and the answer it is owed. */
export interface Context {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly cors: CorsDecision;
  /** The path without the query, still percent-encoded. */
  readonly path: string;
  /** What follows the question mark, `''` when there is none. */
  readonly query: string;
  /** What the client may see, where that was looked at. */
  readonly access?: Access;
  /** Takes note of a refusal. */
  readonly countRejection: (code: ErrorCode) => void;
  /** Whether the service is about to go, so that connections should not be used again. */
  readonly isLeaving: () => boolean;
}

/** Headers of every JSON answer, names and values in turn. */
export const JSON_HEADERS = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'] as const;

/** Answers with JSON text, CORS headers and further headers (names and values in turn). */
export function answerJson(context: Context, status: number, body: string, headers: readonly string[] = []): void {
  const all = [...context.cors.headers, ...JSON_HEADERS, 'Content-Length', String(Buffer.byteLength(body)), ...headers];
  if (hasUnreadBody(context.request)) return answerUnread(context, status, all, body);
  if (context.isLeaving()) all.push('Connection', 'close');
  context.response.writeHead(status, all).end(body);
}

/**
 * Makes a handler that always answers the same JSON text. For the answer to every heartbeat: its headers are put together
 * once per origin instead of once per request.
 */
export function createFixedAnswer(status: number, body: string): (context: Context) => void {
  const headersByDecision = new WeakMap<CorsDecision, readonly string[]>();
  const length = String(Buffer.byteLength(body));
  return (context) => {
    const { request, response, cors } = context;
    if (context.isLeaving() || hasUnreadBody(request)) return answerJson(context, status, body);
    let headers = headersByDecision.get(cors);
    if (headers === undefined) {
      headers = [...cors.headers, ...JSON_HEADERS, 'Content-Length', length];
      headersByDecision.set(cors, headers);
    }
    response.writeHead(status, headers as string[]).end(body);
  };
}

/** A 401 has to name the scheme that it asks for (RFC 9110, 15.5.2). */
const CHALLENGE = ['WWW-Authenticate', 'Bearer realm="presence"'];

/** Answers with an error of the table. @param headers beside the usual; those of a 401 must have its challenge in them */
export function answerError(
  context: Context,
  code: ErrorCode,
  headers: readonly string[] = errorStatus(code) === 401 ? CHALLENGE : [],
): void {
  context.countRejection(code);
  answerJson(context, errorStatus(code), errorBody(code), headers);
}

/** Answers with a text of some media type. */
export function answerText(context: Context, contentType: string, text: string): void {
  const bytes = Buffer.from(text);
  const headers = ['Content-Type', contentType, 'Cache-Control', 'no-store', 'Content-Length', String(bytes.length)];
  context.response.writeHead(200, [...context.cors.headers, ...headers]).end(bytes);
}

/** Answers without a body. */
export function answerEmpty(context: Context, status: number, headers: readonly string[]): void {
  context.response.writeHead(status, [...context.cors.headers, ...headers]).end();
}

/** Whether the client has more of a body to send than is worth reading to keep the connection. */
function hasUnreadBody(request: IncomingMessage): boolean {
  if (request.complete || request.readableEnded) return false;
  const length = request.headers['content-length'];
  return (
    request.headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) > WORTH_READING_BYTES)
  );
}

const WORTH_READING_BYTES = 4096;
const LINGER_MS = 1000;

/**
 * Answers a client that is still sending, and stops reading. Node would read all the rest of the body, however long, or
 * close at once, upon which the client's kernel throws the answer away unread. So the answer is written past Node's
 * response, the connection is half closed, and what the client sends stays in the kernel until it notices or a second
 * has passed.
 */
function answerUnread(context: Context, status: number, headers: readonly string[], body: string): void {
  const { request, response } = context;
  const { socket } = response;
  if (socket === null || response.headersSent) {
    // An earlier request on the same connection is still to be answered first; Node keeps the order, and closes.
    response.writeHead(status, [...headers, 'Connection', 'close']).end(body);
    return;
  }
  request.removeAllListeners('data').removeAllListeners('end').pause();
  // Node's parser reads the connection in native code, past pause(), until somebody asks for the connection's own data.
  socket
    .on('data', () => {})
    .removeAllListeners('data')
    .pause();
  socket.end(rawAnswer(status, headers, request.method === 'HEAD' ? '' : body));
  // Node closes an HTTP connection whose timeout passes without any traffic.
  socket.setTimeout(LINGER_MS);
}
