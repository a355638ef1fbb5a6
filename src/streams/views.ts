import type { Presence } from '../presence/presence.js';
import type { Member } from '../presence/types.js';
import type { VisitorStatus } from '../protocol/messages.js';
import type { ViewQuery } from '../protocol/view.js';
import type { Clock } from '../runtime/clock.js';
import { membersJson, totalsJson } from './event-json.js';

/** Which parts of a view a client may see. */
export interface VisibleParts {
  readonly totals: boolean;
  /** The status of these visitors: of all; of those who are in one of these rooms, while the others read offline; of none. */
  readonly visitors: 'all' | ReadonlySet<string> | 'none';
  readonly members: boolean;
}

/** The text of a room's first members, as long as `members` is the same object. */
interface KeptText {
  readonly count: number;
  readonly json: string;
}

/** Longer texts are put together again for each request, so that what is kept stays small whatever infos visitors send. */
const MAX_KEPT_LENGTH = 16_384;

/** Encodes what pages show of presence. Who is in a room is encoded once for all who ask, until it changes. */
export class Views {
  readonly #presence: Presence;
  readonly #clock: Clock;
  /** By the list that presence keeps, so that a text lives as long as its room. */
  readonly #texts = new WeakMap<readonly Member[], KeptText>();

  constructor(presence: Presence, clock: Clock) {
    this.#presence = presence;
    this.#clock = clock;
  }

  /** A `View` as JSON text: what is asked for and visible. What is not visible is named in `forbidden`. */
  encode({ room, totals, uids, members }: ViewQuery, visible: VisibleParts): string {
    const nowMs = this.#clock.nowMs();
    const forbidden: string[] = [];
    let json = '';
    if (totals) {
      if (visible.totals) json += `,"totals":${totalsJson(this.#presence.totals(nowMs, room))}`;
      else forbidden.push('totals');
    }
    if (uids !== undefined) {
      if (visible.visitors === 'none') forbidden.push('visitors');
      else json += `,"visitors":${this.#visitors(uids, visible.visitors, nowMs)}`;
    }
    if (members !== undefined) {
      if (visible.members) json += `,"members":${this.#members(room, members, nowMs)}`;
      else forbidden.push('members');
    }
    if (forbidden.length > 0) json += `,"forbidden":${JSON.stringify(forbidden)}`;
    return `{${json.slice(1)}}`;
  }

  #visitors(uids: readonly string[], within: ReadonlySet<string> | 'all', nowMs: number): string {
    const rooms = within === 'all' ? undefined : within;
    const offsetMs = this.#clock.wallMs() - nowMs;
    const visitors = uids.map((uid): VisitorStatus => {
      const status = this.#presence.status(uid, nowMs, rooms);
      const seen = rooms === undefined ? this.#presence.lastSeen(uid, nowMs) : undefined;
      return seen === undefined ? { uid, status } : { uid, status, last_seen: (seen.lastSeenMs + offsetMs) / 1000 };
    });
    return JSON.stringify(visitors);
  }

  #members(room: string | undefined, count: number, nowMs: number): string {
    const members = this.#presence.firstMembers(nowMs, room);
    const kept = this.#texts.get(members);
    if (kept?.count === count) return kept.json;
    const json = membersJson(members.slice(0, count));
    if (json.length <= MAX_KEPT_LENGTH) this.#texts.set(members, { count, json });
    return json;
  }
}
