import { isUtf8 } from 'node:buffer';
import type { ErrorCode } from './errors.js';
import { parseExactly } from './inexact-numbers.js';
import { fail, ok, type Result } from './result.js';

/** The members of a JSON object, not validated yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A message as a client sent it: each member may be missing, or of another type. */
export type Unchecked<Message> = { readonly [Member in keyof Message]?: unknown };

const BYTE_ORDER_MARK = 0xfeff;

/**
 * Parses a request body as one JSON object. A byte order mark and surrounding white space are ignored. Numbers that a double
 * cannot carry are values of their own: see `parseExactly`.
 */
export function parseJsonObject(body: Buffer): Result<JsonObject, ErrorCode> {
  if (!isUtf8(body)) return fail('body_not_utf8');
  let text = body.toString();
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) text = text.slice(1);
  let value: unknown;
  try {
    value = parseExactly(text);
  } catch {
    return fail(text.trim() === '' ? 'body_empty' : 'invalid_json');
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? ok(value as JsonObject) : fail('not_an_object');
}
