import type { PresenceSettings } from '../config/settings.js';
import type { Roster } from './roster.js';
import { idleAtMs, openSessionCount } from './rules.js';
import { OFFLINE, statusName } from './status.js';
import type { Status, VisitorView } from './types.js';

/** As `Presence.status`, without advancing. */
export function statusOf({ site, entries }: Roster, uid: string, within: ReadonlySet<string> | undefined): Status {
  const slot = site.members.get(uid);
  if (slot === undefined) return statusName(OFFLINE);
  const isIn = (membership: number) =>
    entries.status[membership] !== OFFLINE && within?.has(entries.scope[membership]!.room!);
  if (within !== undefined && !entries.extra[slot]?.memberships.some(isIn)) return statusName(OFFLINE);
  return statusName(entries.statusOf(slot));
}

/** As `Presence.visitor`, without advancing. */
export function lookUp(
  { site, entries }: Roster,
  uid: string,
  nowMs: number,
  settings: PresenceSettings,
): VisitorView | undefined {
  const slot = site.members.get(uid);
  if (slot === undefined || entries.status[slot] === OFFLINE) return undefined;
  const extra = entries.extra[slot];
  const place = entries.placeAt(slot);
  const rooms = (extra?.memberships ?? [])
    .filter((membership) => entries.status[membership] !== OFFLINE)
    .map((membership) => entries.scope[membership]!.room!);
  return {
    status: statusName(entries.statusOf(slot)),
    lastSeenMs: place.lastSeenMs,
    lastActivityMs: place.lastActivityMs,
    onlineSinceMs: entries.onlineSinceMs[slot]!,
    idleAtMs: idleAtMs(place, settings),
    offlineAtMs: place.endsAtMs,
    sessions: openSessionCount(place, nowMs),
    rooms: rooms.sort(),
    info: extra?.info,
  };
}
