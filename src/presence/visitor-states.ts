import type { Roster } from './roster.js';
import type { Place, VisitorState } from './rules.js';

/** A visitor who is here, and all that is known of it. */
export interface VisitorRecord {
  readonly uid: string;
  readonly state: VisitorState;
}

/** As `Presence.states`. */
export function* statesOf({ site, entries }: Roster, nowMs: () => number): Generator<VisitorRecord> {
  const isHere = (slot: number) => entries.endsAtMs[slot]! > nowMs();
  const copy = (slot: number): Place => {
    const { lastSeenMs, lastActivityMs, endsAtMs, sessions } = entries.placeAt(slot);
    return { lastSeenMs, lastActivityMs, endsAtMs, sessions: sessions?.map((session) => ({ ...session })) };
  };
  // A Map may change while it is iterated: who enters meanwhile comes last, and who is forgotten is left out.
  for (const [uid, slot] of site.members) {
    if (!isHere(slot)) continue;
    const extra = entries.extra[slot];
    const memberships = (extra?.memberships ?? []).filter(isHere);
    const rooms = new Map(memberships.map((each) => [entries.scope[each]!.room!, copy(each)]));
    const isInvisible = entries.invisible[slot] === 1;
    const onlineSinceMs = entries.onlineSinceMs[slot]!;
    yield {
      uid,
      state: {
        site: copy(slot),
        rooms: rooms.size === 0 ? undefined : rooms,
        info: extra?.info,
        onlineSinceMs,
        isInvisible,
      },
    };
  }
}
