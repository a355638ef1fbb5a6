import { type ErrorCode, errorBody, errorStatus } from '../protocol/errors.js';
import type { Context, Handler } from './context.js';
import type { CorsDecision } from './cors.js';
import { etagOf, matchesEtag } from './etag.js';
import { answerUnreadBody, hasUnreadBody } from './unread-body.js';

/** Headers of every JSON answer that is true for a moment only, names and values in turn. */
export const JSON_HEADERS = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'] as const;

/** A 401 must name the authentication scheme (RFC 9110, 15.5.2). */
const CHALLENGE = ['WWW-Authenticate', 'Bearer realm="presence"'];

/** Answers with JSON text. @param headers further ones, names and values in turn */
export function answerJson(context: Context, status: number, body: string, headers: readonly string[] = []): void {
  answerBody(context, status, body, [...JSON_HEADERS, ...headers]);
}

/**
 * Answers with a text that clients may keep: with a strong ETag, and 304 to those who have it.
 *
 * @param headers what the text is and how long to keep it, names and values in turn
 */
export function answerKept(context: Context, contentType: string, body: string, headers: readonly string[]): void {
  const etag = etagOf(body);
  const validators = ['ETag', etag, ...headers];
  if (matchesEtag(context.request.headers['if-none-match'], etag)) return answerEmpty(context, 304, validators);
  answerBody(context, 200, body, ['Content-Type', contentType, ...validators]);
}

function answerBody(context: Context, status: number, body: string, headers: readonly string[]): void {
  const length = String(Buffer.byteLength(body));
  const all = [...context.cors.headers, ...headers, 'Content-Length', length];
  if (hasUnreadBody(context.request)) return answerUnreadBody(context, status, all, body);
  if (context.isStopping()) all.push('Connection', 'close');
  context.response.writeHead(status, all).end(body);
}

/** Creates a handler that always answers the same JSON text. Builds the headers once per origin, not once per request. */
export function createFixedAnswer(status: number, body: string): Handler {
  const headersByDecision = new WeakMap<CorsDecision, readonly string[]>();
  const length = String(Buffer.byteLength(body));
  return (context) => {
    const { request, response, cors } = context;
    if (context.isStopping() || hasUnreadBody(request)) return answerJson(context, status, body);
    let headers = headersByDecision.get(cors);
    if (headers === undefined) {
      headers = [...cors.headers, ...JSON_HEADERS, 'Content-Length', length];
      headersByDecision.set(cors, headers);
    }
    response.writeHead(status, headers as string[]).end(body);
  };
}

/** Answers that a request succeeded and there is nothing more to say. */
export const answerOk: Handler = createFixedAnswer(200, '{"ok":true}');

/**
 * Answers with an error, and counts it.
 *
 * @param headers further ones, names and values in turn; those of a 401 must include its challenge
 */
export function answerError(
  context: Context,
  code: ErrorCode,
  headers: readonly string[] = errorStatus(code) === 401 ? CHALLENGE : [],
): void {
  context.countRejection(code, context);
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
