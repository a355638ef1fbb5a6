import type { PresenceSettings } from '../config/settings.js';
import { refusalOf } from './capacity.js';
import { NO_INFO, type Roster } from './roster.js';
import { hasEnded, type Place, type RoomNames, type VisitorState } from './rules.js';
import type { Refusal } from './types.js';

/** A visitor's new state, as of `nowMs`. */
interface Assignment {
  readonly uid: string;
  readonly state: VisitorState;
  readonly nowMs: number;
  /** The rooms that differ from the state that was assigned before. */
  readonly changed: RoomNames;
}

/** As `Presence.assign`. */
export function assignState(roster: Roster, assignment: Assignment, settings: PresenceSettings): Refusal | undefined {
  const { uid, state, nowMs, changed } = assignment;
  let siteSlot = roster.site.members.get(uid);
  if (hasEnded(state.site, nowMs)) {
    if (siteSlot !== undefined) roster.end(siteSlot);
    return undefined;
  }
  let refused = refusalOf(roster, { uid }, nowMs, settings);
  if (refused !== undefined) return refused;
  siteSlot ??= roster.enter(roster.site, uid);
  // When the visitor is offline here, all rooms have ended, too.
  const writesAll = changed === 'all' || hasEnded(roster.entries.placeAt(siteSlot), nowMs);
  roster.setInvisible(siteSlot, state.isInvisible, nowMs);
  writePlace(roster, siteSlot, state.site, nowMs);
  roster.entries.onlineSinceMs[siteSlot] = state.onlineSinceMs;
  for (const room of writesAll ? allRooms(roster, siteSlot, state) : changed) {
    const refusal = assignRoom(roster, siteSlot, room, assignment, settings);
    refused ??= refusal;
  }
  roster.setInfo(siteSlot, state.info ?? NO_INFO);
  return refused;
}

/** The rooms that the visitor was in, and then those of the new state, some of them twice. */
function allRooms({ entries }: Roster, siteSlot: number, { rooms }: VisitorState): string[] {
  const known = entries.extra[siteSlot]?.memberships ?? [];
  return [...known.map((membership) => entries.scope[membership]!.room!), ...(rooms?.keys() ?? [])];
}

function assignRoom(
  roster: Roster,
  siteSlot: number,
  room: string,
  { uid, state, nowMs }: Assignment,
  settings: PresenceSettings,
): Refusal | undefined {
  const place = state.rooms?.get(room);
  if (place === undefined || hasEnded(place, nowMs)) {
    const membership = roster.rooms.get(room)?.members.get(uid);
    if (membership !== undefined) roster.end(membership);
    return undefined;
  }
  const refusal = refusalOf(roster, { uid, room }, nowMs, settings);
  if (refusal === undefined) writePlace(roster, roster.membership(siteSlot, uid, room), place, nowMs);
  return refusal;
}

function writePlace(roster: Roster, slot: number, from: Place, nowMs: number): void {
  const place = roster.entries.placeAt(slot);
  place.lastSeenMs = from.lastSeenMs;
  place.lastActivityMs = from.lastActivityMs;
  place.endsAtMs = from.endsAtMs;
  place.sessions = from.sessions;
  roster.refresh(slot, nowMs);
}
