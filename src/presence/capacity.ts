import type { PresenceSettings } from '../config/settings.js';
import type { Hit } from '../protocol/heartbeat.js';
import type { Roster } from './roster.js';
import { OFFLINE } from './status.js';
import type { Refusal } from './types.js';

/** Why a heartbeat would be refused at `nowMs`; undefined when there is capacity for it. */
export function refusalOf(
  roster: Roster,
  { uid, room: name }: Pick<Hit, 'uid' | 'room'>,
  nowMs: number,
  { maxVisitors, maxRooms }: PresenceSettings,
): Refusal | undefined {
  if (!hasCapacityFor(uid, roster, maxVisitors)) {
    roster.advance(nowMs);
    if (!hasCapacityFor(uid, roster, maxVisitors)) return 'too_many_visitors';
  }
  if (name === undefined) return undefined;
  const room = roster.rooms.get(name);
  if (room === undefined && roster.rooms.size >= maxRooms) return 'too_many_rooms';
  if (!room?.members.has(uid) && roster.membershipCount >= maxVisitors) return 'too_many_visitors';
  return undefined;
}

function hasCapacityFor(uid: string, { site, entries }: Roster, maxVisitors: number): boolean {
  // Offline visitors stay in the table until the next flush, hence the second limit.
  if (site.online < maxVisitors && site.members.size < 2 * maxVisitors) return true;
  const slot = site.members.get(uid);
  return slot !== undefined && (entries.status[slot] !== OFFLINE || site.online < maxVisitors);
}
