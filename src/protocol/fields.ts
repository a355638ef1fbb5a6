import type { Clock } from '../runtime/clock.js';
import type { ErrorCode } from './errors.js';
import type { JsonObject } from './json.js';

const MAX_NAME_CHARACTERS = 256;
const MAX_INFO_BYTES = 1024;
const CONTROL_OR_LONE_SURROGATE = /[\p{Cc}\p{Cs}]/u;
const LONE_SURROGATE = /\p{Cs}/gu;
const DECIMAL = /^\s*-?\d+(?:\.\d+)?\s*$/;
/** Beyond this, a time in seconds lies three thousand years ahead: it is milliseconds by mistake. */
const LARGEST_SECONDS = 1e11;

/** What a member of a request was read as, or why it cannot be used. */
export type Field<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorCode };

const taken = <T>(value: T): Field<T> => ({ ok: true, value });
const refused = (error: ErrorCode): Field<never> => ({ ok: false, error });

/** A visitor's name: 1 to 256 characters without control characters. A number is taken as its decimal text. */
export function readUid(value: unknown): Field<string> {
  if (value === undefined || value === null) return refused('uid_missing');
  if (typeof value === 'number') return readNumberUid(value);
  if (typeof value !== 'string') return refused('uid_wrong_type');
  if (value === '') return refused('uid_empty');
  if (isLongerThan(value, MAX_NAME_CHARACTERS)) return refused('uid_too_long');
  return CONTROL_OR_LONE_SURROGATE.test(value) ? refused('uid_bad_character') : taken(value);
}

/** A number that JSON has rounded would name somebody else, so only exact ones are taken. */
function readNumberUid(value: number): Field<string> {
  const text = String(value);
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER && DECIMAL.test(text) ? taken(text) : refused('uid_wrong_type');
}

/** An optional name of a room or a session, by the same rules as a visitor's. */
export function readName(value: unknown, error: ErrorCode): Field<string | undefined> {
  if (value === undefined || value === null) return taken(undefined);
  const name = readUid(value);
  return name.ok ? name : refused(error);
}

/** Whether a text has more characters (code points) than `most`. */
function isLongerThan(text: string, most: number): boolean {
  if (text.length <= most) return false;
  return text.length > 2 * most || [...text].length > most;
}

/** A number, or its decimal text; NaN for anything else. */
function readDecimal(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : Number.NaN;
}

/**
 * When the person last touched the page, in milliseconds of the monotonic clock: from `idle_for`, which needs no clock of
 * the client's, else from `last_activity`, else now.
 */
export function readActivityMs(body: JsonObject, clock: Clock): Field<number> {
  const nowMs = clock.nowMs();
  let activityMs = nowMs;
  const { last_activity: lastActivity, idle_for: idleFor } = body;
  if (lastActivity !== undefined && lastActivity !== null) {
    const seconds = readDecimal(lastActivity);
    if (!Number.isFinite(seconds)) return refused('last_activity_not_number');
    if (seconds < 0) return refused('last_activity_negative');
    if (seconds > LARGEST_SECONDS) return refused('last_activity_in_milliseconds');
    // The two clocks share no zero, so the time goes over as an age.
    activityMs = nowMs - (clock.wallMs() - Math.round(seconds * 1000));
  }
  if (idleFor !== undefined && idleFor !== null) {
    const seconds = readDecimal(idleFor);
    if (!(seconds >= 0 && seconds <= LARGEST_SECONDS)) return refused('idle_for_invalid');
    activityMs = nowMs - Math.round(seconds * 1000);
  }
  return taken(Math.min(activityMs, nowMs));
}

/**
 * What a visitor tells of itself: a flat object of texts, numbers, truth values and nulls, as JSON text of at most 1 KiB
 * with its names sorted, so that equal infos are equal texts.
 */
export function readInfo(value: unknown): Field<string | undefined> {
  if (value === undefined || value === null) return taken(undefined);
  if (typeof value !== 'object' || Array.isArray(value)) return refused('info_invalid');
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.some(([, member]) => typeof member === 'object' && member !== null)) return refused('info_invalid');
  // Put together by hand, as an assignment to a name like __proto__ would not make a member.
  const text = `{${entries.map(([name, member]) => `${wellFormedJson(name)}:${wellFormedJson(member)}`).join(',')}}`;
  return Buffer.byteLength(text) > MAX_INFO_BYTES ? refused('info_too_large') : taken(text);
}

/**
 * JSON text in which half a surrogate pair, as a name cut within an emoji has, is the replacement character. Many readers
 * of JSON refuse a whole event for one, so a single visitor could take the list from everybody.
 */
function wellFormedJson(member: unknown): string {
  return JSON.stringify(typeof member === 'string' ? member.replace(LONE_SURROGATE, '\ufffd') : member);
}
