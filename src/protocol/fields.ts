import type { Clock } from '../runtime/clock.js';
import type { ErrorCode } from './errors.js';
import { inexactNumberText } from './inexact-numbers.js';
import type { Unchecked } from './json.js';
import type { HitRequest } from './messages.js';
import { fail, ok, type Result } from './result.js';

const MAX_NAME_CHARACTERS = 256;
const MAX_INFO_BYTES = 1024;
const CONTROL_OR_LONE_SURROGATE = /[\p{Cc}\p{Cs}]/u;
const LONE_SURROGATE = /\p{Cs}/gu;
const DECIMAL = /^\s*-?\d+(?:\.\d+)?\s*$/;
/** A larger time in seconds lies three thousand years ahead, so the client has sent milliseconds. */
const MAX_SECONDS = 1e11;

/** A validated member of a request, or the error code to answer with. */
export type Field<T> = Result<T, ErrorCode>;

/** Reads a `uid`: 1 to 256 characters, no control characters. A number becomes its decimal text. */
export function readUid(value: unknown): Field<string> {
  if (value === undefined || value === null) return fail('uid_missing');
  if (typeof value === 'number') return readNumberUid(value);
  if (typeof value !== 'string') return fail('uid_wrong_type');
  if (value === '') return fail('uid_empty');
  if (isLongerThan(value, MAX_NAME_CHARACTERS)) return fail('uid_too_long');
  return CONTROL_OR_LONE_SURROGATE.test(value) ? fail('uid_bad_character') : ok(value);
}

/** Accepts exact numbers only: one that JSON has rounded would name another visitor. */
function readNumberUid(value: number): Field<string> {
  const text = String(value);
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER && DECIMAL.test(text) ? ok(text) : fail('uid_wrong_type');
}

/** Reads the optional name of a room or a session. The rules are those of a `uid`; every violation is the same `error`. */
export function readName(value: unknown, error: ErrorCode): Field<string | undefined> {
  if (value === undefined || value === null) return ok(undefined);
  const name = readUid(value);
  return name.ok ? name : fail(error);
}

/** Whether a text has more than `limit` characters (code points). */
function isLongerThan(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  return text.length > 2 * limit || [...text].length > limit;
}

/** A number, or the number that a decimal text stands for; NaN for anything else. A time need not be exact. */
function readDecimal(value: unknown): number {
  if (typeof value === 'number') return value;
  const inexact = inexactNumberText(value);
  if (inexact !== undefined) return Number(inexact);
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : Number.NaN;
}

/**
 * Reads when the person last touched the page, in milliseconds of the monotonic clock. `idle_for` wins, since it does not
 * depend on the visitor's clock; then `last_activity`; without both it is now. A time in the future becomes now.
 */
export function readActivityMs(body: Unchecked<HitRequest>, clock: Clock): Field<number> {
  const nowMs = clock.nowMs();
  let activityMs = nowMs;
  const { last_activity: lastActivity, idle_for: idleFor } = body;
  if (lastActivity !== undefined && lastActivity !== null) {
    const seconds = readDecimal(lastActivity);
    if (!Number.isFinite(seconds)) return fail('last_activity_not_number');
    if (seconds < 0) return fail('last_activity_negative');
    if (seconds > MAX_SECONDS) return fail('last_activity_in_milliseconds');
    // The wall clock and the monotonic clock have different zeros: convert by way of the age.
    activityMs = nowMs - (clock.wallMs() - Math.round(seconds * 1000));
  }
  if (idleFor !== undefined && idleFor !== null) {
    const seconds = readDecimal(idleFor);
    if (!(seconds >= 0 && seconds <= MAX_SECONDS)) return fail('idle_for_invalid');
    activityMs = nowMs - Math.round(seconds * 1000);
  }
  return ok(Math.min(activityMs, nowMs));
}

/**
 * Reads `info`, a flat object of texts, numbers, booleans and nulls. Returns it as JSON text of at most 1 KiB with sorted
 * names, so that equal infos are equal texts.
 */
export function readInfo(value: unknown): Field<string | undefined> {
  if (value === undefined || value === null) return ok(undefined);
  if (typeof value !== 'object' || Array.isArray(value)) return fail('info_invalid');
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  if (inexactNumberText(value) !== undefined) return fail('info_invalid');
  if (entries.some(([, member]) => inexactNumberText(member) !== undefined)) return fail('info_number_inexact');
  if (entries.some(([, member]) => typeof member === 'object' && member !== null)) return fail('info_invalid');
  // Not built as an object: assigning to a name such as __proto__ does not create a member.
  const text = `{${entries.map(([name, member]) => `${wellFormedJson(name)}:${wellFormedJson(member)}`).join(',')}}`;
  return Buffer.byteLength(text) > MAX_INFO_BYTES ? fail('info_too_large') : ok(text);
}

/**
 * JSON text in which every lone surrogate, such as a name cut within an emoji ends with, is the replacement character.
 * Many JSON parsers reject a whole event because of one, so a single visitor could break the list for all watchers.
 */
function wellFormedJson(member: unknown): string {
  return JSON.stringify(typeof member === 'string' ? member.replace(LONE_SURROGATE, '\ufffd') : member);
}
