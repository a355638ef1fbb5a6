import { isUtf8 } from 'node:buffer';
import type { ErrorCode } from './errors.js';

/** A JSON object's members, of any type yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

const BYTE_ORDER_MARK = 0xfeff;

/** Reads a request body as one JSON object. A byte order mark and surrounding white space are passed over. */
export function parseJsonObject(body: Buffer): JsonObject | ErrorCode {
  if (!isUtf8(body)) return 'body_not_utf8';
  let text = body.toString();
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) text = text.slice(1);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text.trim() === '' ? 'body_empty' : 'invalid_json';
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : 'not_an_object';
}
