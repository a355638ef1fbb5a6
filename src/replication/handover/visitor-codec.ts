import type { PresenceSettings } from '../../config/settings.js';
import type { LastSeen } from '../../presence/last-seen.js';
import type { Place, VisitorState } from '../../presence/rules.js';
import { lastEndMs, type Session } from '../../presence/sessions.js';
import type { VisitorRecord } from '../../presence/visitor-states.js';
import { readInfo, readName } from '../../protocol/fields.js';

/** When the last heartbeat arrived, the last activity, and how long the visitor is still here without another heartbeat. */
type PlaceRow = readonly [ageMs: number, idleMs: number, leftMs: number, sessions?: readonly SessionRow[]];
type SessionRow = readonly [id: string, leftMs: number];
type RoomRow = readonly [room: string, place: PlaceRow];
/** One visitor, in JSON. Members at the end are left out when the visitor has none. */
export type VisitorRow = readonly [
  uid: string,
  site: PlaceRow,
  onlineMs: number,
  rooms?: readonly RoomRow[],
  info?: string | null,
  isInvisible?: boolean,
];

const PLAIN_NAME = /^[ -~]{1,256}$/;
/** A flat object of texts, without escapes. */
const PLAIN_INFO = /^\{"[ -Z^-z|~]{0,1000}"\}$/;

/** @param baseMs the moment that all times are relative to: the clocks of two processes have nothing in common */
export function encodeVisitor({ uid, state }: VisitorRecord, baseMs: number): VisitorRow {
  const { site, rooms, info, isInvisible } = state;
  const onlineMs = baseMs - state.onlineSinceMs;
  const place = encodePlace(site, baseMs);
  if (rooms === undefined && info === undefined && !isInvisible) return [uid, place, onlineMs];
  const roomRows = Array.from(rooms ?? [], ([room, each]) => [room, encodePlace(each, baseMs)] as const);
  return [uid, place, onlineMs, roomRows, info ?? null, isInvisible];
}

function encodePlace({ lastSeenMs, lastActivityMs, endsAtMs, sessions }: Place, baseMs: number): PlaceRow {
  const times = [baseMs - lastSeenMs, baseMs - lastActivityMs, endsAtMs - baseMs] as const;
  if (sessions === undefined) return times;
  return [...times, sessions.map(({ id, endsAtMs: endMs }) => [id, endMs - baseMs] as const)];
}

/**
 * Decodes a visitor. What this process would not accept from a page, it does not accept from another process: names and
 * info are checked, lists are cut to their limits, a time in the future counts as now, and nobody stays longer than an
 * online window after the last heartbeat.
 *
 * @param baseMs the same moment as for the encoder, by this process's clock
 * @returns undefined when the row is not a visitor
 */
export function decodeVisitor(
  row: unknown,
  baseMs: number,
  nowMs: number,
  settings: PresenceSettings,
): VisitorRecord | undefined {
  if (!Array.isArray(row)) return undefined;
  const [name, siteRow, onlineMs, roomRows, infoText, isInvisible] = row as readonly unknown[];
  const placeOf = (each: unknown) => decodePlace(each, baseMs, nowMs, settings);
  const site = placeOf(siteRow);
  if (!isName(name) || site === undefined) return undefined;
  const rooms = new Map<string, Place>();
  for (const each of asRows(roomRows, settings.maxRoomsPerVisitor)) {
    const [room, place] = [each[0], placeOf(each[1])];
    if (isName(room) && place !== undefined) rooms.set(room, place);
  }
  const state: VisitorState = {
    site,
    rooms: rooms.size === 0 ? undefined : rooms,
    onlineSinceMs: isNumber(onlineMs) ? Math.min(baseMs - onlineMs, site.lastSeenMs) : site.lastSeenMs,
    info: typeof infoText === 'string' ? decodeInfo(infoText) : undefined,
    isInvisible: isInvisible === true,
  };
  return { uid: name, state };
}

/** When an offline visitor was last here. */
export type LastSeenRow = readonly [uid: string, ageMs: number, idleMs: number];

/** @param baseMs as for `encodeVisitor` */
export const encodeLastSeen = (uid: string, { lastSeenMs, lastActivityMs }: LastSeen, baseMs: number): LastSeenRow => [
  uid,
  baseMs - lastSeenMs,
  baseMs - lastActivityMs,
];

/** As `decodeVisitor`. */
export function decodeLastSeen(row: unknown, baseMs: number, nowMs: number): readonly [string, LastSeen] | undefined {
  const [uid, ageMs, idleMs] = Array.isArray(row) ? (row as readonly unknown[]) : [];
  if (!isName(uid) || !isNumber(ageMs) || !isNumber(idleMs)) return undefined;
  const lastSeenMs = Math.min(baseMs - ageMs, nowMs);
  return [uid, { lastSeenMs, lastActivityMs: Math.min(baseMs - idleMs, lastSeenMs) }];
}

function decodePlace(
  row: unknown,
  baseMs: number,
  nowMs: number,
  { onlineWindowMs, maxSessions }: PresenceSettings,
): Place | undefined {
  if (!Array.isArray(row)) return undefined;
  const [ageMs, idleMs, leftMs, sessionRows] = row as readonly unknown[];
  if (!isNumber(ageMs) || !isNumber(idleMs) || !isNumber(leftMs)) return undefined;
  const lastSeenMs = Math.min(baseMs - ageMs, nowMs);
  const lastActivityMs = Math.min(baseMs - idleMs, lastSeenMs);
  const latestEndMs = lastSeenMs + onlineWindowMs + 1;
  const endsAtMs = Math.min(baseMs + leftMs, latestEndMs);
  const sessions: Session[] = [];
  for (const [id, sessionLeftMs] of asRows(sessionRows, maxSessions)) {
    if (!isSessionId(id) || !isNumber(sessionLeftMs)) continue;
    sessions.push({ id, endsAtMs: Math.min(baseMs + sessionLeftMs, latestEndMs) });
  }
  if (sessions.length === 0) return { lastSeenMs, lastActivityMs, endsAtMs, sessions: undefined };
  return { lastSeenMs, lastActivityMs, endsAtMs: lastEndMs(sessions), sessions };
}

function decodeInfo(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // Almost every info is of this kind, and needs no closer look.
    if (PLAIN_INFO.test(text) && JSON.stringify(value) === text) return text;
    const info = readInfo(value);
    return info.ok ? info.value : undefined;
  } catch {
    return undefined;
  }
}

const asRows = (value: unknown, limit: number): readonly (readonly unknown[])[] =>
  Array.isArray(value) ? value.slice(0, limit).filter(Array.isArray) : NO_ROWS;
const NO_ROWS: readonly (readonly unknown[])[] = [];
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
/** The same as `readName`, which takes ten times as long. */
const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && (PLAIN_NAME.test(value) || readName(value, 'room_invalid').ok);
/** The nameless session has an empty id. */
const isSessionId = (value: unknown): value is string => value === '' || isName(value);
