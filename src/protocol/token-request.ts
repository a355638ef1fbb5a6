import { type Field, readName } from './fields.js';
import type { Unchecked } from './json.js';
import type { TokenRequest } from './messages.js';
import { fail, ok } from './result.js';
import { isViewLevel, type ViewLevel } from './view.js';

/** What a client asks of a new token. */
export interface NewToken {
  readonly lifetimeSeconds: number;
  /** Not empty; undefined for the whole site. */
  readonly rooms: readonly string[] | undefined;
  /** Undefined for everything. */
  readonly view: Exclude<ViewLevel, 'none'> | undefined;
}

const MIN_SECONDS = 3600;
const MAX_SECONDS = 366 * 86_400;
const MAX_ROOMS = 50;

/** Reads the body of `POST /v1/tokens`. */
export function readTokenRequest(body: Unchecked<TokenRequest>): Field<NewToken> {
  const { expires_in: seconds, rooms = null, view = null } = body;
  if (!Number.isInteger(seconds) || (seconds as number) < MIN_SECONDS || (seconds as number) > MAX_SECONDS) {
    return fail('expires_in_invalid');
  }
  const names = rooms === null ? ok(undefined) : readRooms(rooms);
  if (!names.ok) return names;
  // A token that shows nothing is a mistake.
  if (view !== null && (!isViewLevel(view) || view === 'none')) return fail('token_view_invalid');
  return ok({ lifetimeSeconds: seconds as number, rooms: names.value, view: view ?? undefined });
}

/** An empty list would make a token for no room at all. */
function readRooms(values: unknown): Field<string[]> {
  if (!Array.isArray(values) || values.length === 0 || values.length > MAX_ROOMS) return fail('rooms_invalid');
  const rooms: string[] = [];
  for (const value of values) {
    const room = readName(value, 'room_invalid');
    if (!room.ok || room.value === undefined || typeof value !== 'string') return fail('rooms_invalid');
    rooms.push(room.value);
  }
  return ok(rooms);
}
