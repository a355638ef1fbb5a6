import { type Field, readName, readUid } from './fields.js';
import { inexactNumberText } from './inexact-numbers.js';
import type { Unchecked } from './json.js';
import type { ViewRequest } from './messages.js';
import { decodeUids, MAX_UIDS, readRoom, valuesOf } from './query.js';
import { fail, ok } from './result.js';

/** How much of a view a client may see, from the least to the most. Each level includes those before it. */
export const VIEW_LEVELS = ['none', 'totals', 'status', 'members'] as const;
/** One of `VIEW_LEVELS`: the values of `PUBLIC_VIEW`, and of the claim `view` of a token. */
export type ViewLevel = (typeof VIEW_LEVELS)[number];
/** How much a client may see: a level, or everything, which includes who is on the whole site. */
export type ViewGrant = ViewLevel | 'everything';

const GRANTS: readonly ViewGrant[] = [...VIEW_LEVELS, 'everything'];

/** Whether a text is one of `VIEW_LEVELS`. */
export const isViewLevel = (value: unknown): value is ViewLevel => VIEW_LEVELS.some((level) => level === value);

/** Whether who has `grant` may see what needs at least `least`. */
export const includesGrant = (grant: ViewGrant, least: ViewGrant): boolean =>
  GRANTS.indexOf(grant) >= GRANTS.indexOf(least);

/** What a client asks of a view. */
export interface ViewQuery {
  /** The room that `totals` and `members` are about; undefined for the whole site. */
  readonly room: string | undefined;
  readonly totals: boolean;
  /** The visitors whose status is asked for, at most 100; undefined when that part is not asked for. */
  readonly uids: readonly string[] | undefined;
  /** How many visitors to list at most, from 1 to `MAX_MEMBERS`; undefined for no list. */
  readonly members: number | undefined;
}

/** The longest list of a view. */
export const MAX_MEMBERS = 50;

const MEMBERS = /^\d{1,2}$/;

/**
 * Reads the member `view` of a heartbeat.
 *
 * @param room the room of the heartbeat, which counts when the view names none
 * @returns undefined when the client asks for no view
 */
export function readView(value: unknown, room: string | undefined): Field<ViewQuery | undefined> {
  if (value === undefined || value === null) return ok(undefined);
  if (typeof value !== 'object' || Array.isArray(value) || inexactNumberText(value) !== undefined) {
    return fail('view_invalid');
  }
  const view: Unchecked<ViewRequest> = value;
  const named = readName(view.room, 'room_invalid');
  if (!named.ok) return named;
  const totals = view.totals ?? false;
  if (typeof totals !== 'boolean') return fail('view_totals_invalid');
  const members = view.members ?? undefined;
  if (members !== undefined && !isMembers(members)) return fail('view_members_invalid');
  const uids = readUids(view.uids ?? undefined);
  return uids.ok ? ok({ room: named.value ?? room, totals, uids: uids.value, members }) : uids;
}

/** Reads `room`, `totals`, `members` and `uids` of an address. A value of `uids` is one visitor, with its commas. */
export function readViewQuery(query: string): Field<ViewQuery> {
  const room = readRoom(query);
  if (!room.ok) return room;
  const totals = readSwitch(valuesOf(query, 'totals')[0]);
  if (!totals.ok) return totals;
  const [text] = valuesOf(query, 'members');
  const members = text === undefined ? undefined : MEMBERS.test(text) ? Number(text) : Number.NaN;
  if (members !== undefined && !isMembers(members)) return fail('view_members_invalid');
  const encoded = valuesOf(query, 'uids');
  const uids = encoded.length === 0 ? ok(undefined) : decodeUids(encoded);
  return uids.ok ? ok({ room: room.value, totals: totals.value, uids: uids.value, members }) : uids;
}

const isMembers = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_MEMBERS;

function readUids(values: unknown): Field<string[] | undefined> {
  if (values === undefined) return ok(undefined);
  if (!Array.isArray(values)) return fail('view_uids_invalid');
  if (values.length > MAX_UIDS) return fail('too_many_uids');
  const uids: string[] = [];
  for (const value of values) {
    const uid = readUid(value);
    if (!uid.ok) return fail('view_uids_invalid');
    uids.push(uid.value);
  }
  return ok(uids);
}

/** A parameter without a value is true, as in HTML. */
function readSwitch(encoded: string | undefined): Field<boolean> {
  switch (encoded) {
    case '':
    case '1':
    case 'true':
      return ok(true);
    case undefined:
    case '0':
    case 'false':
      return ok(false);
    default:
      return fail('view_totals_invalid');
  }
}
