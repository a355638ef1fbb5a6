import type { PresenceSettings } from '../config/settings.js';
import type { Hit, Leave } from '../protocol/heartbeat.js';
import { ACTIVE, type Entries, type Extra, IDLE, OFFLINE, statusName } from './entries.js';
import { NO_INFO, Roster } from './roster.js';
import type { PlaceState, VisitorState } from './rules.js';
import { endSession, keepSession, lastEndMs, NAMELESS } from './sessions.js';
import type { Diff, Lists, Member, Refusal, Totals, VisitorView } from './types.js';

const NO_TOTALS: Totals = { online: 0, active: 0, idle: 0 };
const NO_LISTS: Lists = { active: [], idle: [] };

/**
 * Who is here. Pure: no clock, no timer, no input or output; `nowMs` is whole milliseconds of a clock that never goes
 * back. What it tells is exact for the `nowMs` it is asked with, however seldom it was advanced before.
 */
export class Presence {
  readonly #settings: PresenceSettings;
  readonly #roster: Roster;

  constructor(settings: PresenceSettings) {
    this.#settings = settings;
    this.#roster = new Roster(settings);
  }

  /** Takes a heartbeat, or says why not; then nothing has changed. */
  hit(hit: Hit, nowMs: number): Refusal | undefined {
    let slot = this.#roster.site.members.get(hit.uid);
    if (hit.room !== undefined || (slot !== undefined && this.#roster.entries.endsAtMs[slot]! <= nowMs)) {
      // What had run out must end before the hit begins anew, or the outcome would depend on when it was swept.
      this.advance(nowMs);
      slot = this.#roster.site.members.get(hit.uid);
    }
    const refusal = this.refusal(hit, nowMs);
    if (refusal !== undefined) return refusal;

    slot ??= this.#roster.enter(this.#roster.site, hit.uid);
    this.#touch(slot, hit, nowMs);
    if (hit.room !== undefined) this.#touch(this.#roster.membership(slot, hit.uid, hit.room), hit, nowMs);
    if (hit.info !== undefined) this.#roster.setInfo(slot, hit.info);
    return undefined;
  }

  /** Takes a goodbye. Without effect for a visitor, room or session that is not here. */
  leave(leave: Leave, nowMs: number): void {
    this.advance(nowMs);
    const root = this.#roster.site.members.get(leave.uid);
    if (root === undefined) return;
    const endsAtMs = nowMs + this.#settings.leaveSettleMs;
    if (leave.room !== undefined) {
      const slot = this.#roster.rooms.get(leave.room)?.members.get(leave.uid);
      if (slot !== undefined) this.#end(slot, leave.session, endsAtMs);
    } else {
      for (const slot of this.#roster.entries.extra[root]?.memberships ?? []) this.#end(slot, leave.session, endsAtMs);
      this.#end(root, leave.session, endsAtMs);
    }
    this.advance(nowMs);
  }

  /** Why a hit cannot be taken now, if so. */
  refusal(hit: Pick<Hit, 'uid' | 'room'>, nowMs: number): Refusal | undefined {
    const { maxVisitors, maxRooms } = this.#settings;
    if (!this.#hasCapacityFor(hit.uid)) {
      this.advance(nowMs);
      if (!this.#hasCapacityFor(hit.uid)) return 'too_many_visitors';
    }
    if (hit.room === undefined) return undefined;
    const room = this.#roster.rooms.get(hit.room);
    if (room === undefined && this.#roster.rooms.size >= maxRooms) return 'too_many_rooms';
    if (!room?.members.has(hit.uid) && this.#roster.membershipCount >= maxVisitors) return 'too_many_visitors';
    return undefined;
  }

  /**
   * Makes a visitor what it is found to be by other means than `hit` and `leave`, which are not to be used then.
   *
   * @returns why there is no room for it, or for all of it; the rest is taken
   */
  assign(uid: string, state: VisitorState, nowMs: number): Refusal | undefined {
    let root = this.#roster.site.members.get(uid);
    if (state.site.endsAtMs <= nowMs) {
      if (root !== undefined) this.#roster.endAll(root);
      return undefined;
    }
    let refused = this.refusal({ uid }, nowMs);
    if (refused !== undefined) return refused;
    root ??= this.#roster.enter(this.#roster.site, uid);
    this.#write(root, state.site, nowMs);
    for (const membership of this.#roster.entries.extra[root]?.memberships ?? []) {
      const place = state.rooms?.get(this.#roster.entries.scope[membership]!.room!);
      if (place === undefined || place.endsAtMs <= nowMs) this.#roster.setStatus(membership, OFFLINE);
    }
    for (const [room, place] of state.rooms ?? []) {
      if (place.endsAtMs <= nowMs) continue;
      const refusal = this.refusal({ uid, room }, nowMs);
      if (refusal === undefined) this.#write(this.#roster.membership(root, uid, room), place, nowMs);
      refused ??= refusal;
    }
    this.#roster.setInfo(root, state.info ?? NO_INFO);
    return refused;
  }

  /** Lets everything happen that time alone brings about up to `nowMs`. Costs what happens, not who is there. */
  advance(nowMs: number): void {
    this.#roster.advance(nowMs);
  }

  /**
   * Everything that changed since the last flush, one set per place where something did, rooms before the site.
   * Forgets those who have gone, and empty rooms. What changed and changed back is not told.
   */
  flush(nowMs: number): Diff[] {
    return this.#roster.flush(nowMs);
  }

  /** Changes whenever what `lists` and `totals` tell of the place may have changed. 0 for a room nobody is in. */
  version(nowMs: number, room?: string): number {
    this.advance(nowMs);
    return this.#roster.scope(room)?.version ?? 0;
  }

  totals(nowMs: number, room?: string): Totals {
    this.advance(nowMs);
    return this.#roster.scope(room)?.totals() ?? NO_TOTALS;
  }

  /** The totals of the site, under `undefined`, and of every room that somebody is in. */
  *totalsByRoom(nowMs: number): Generator<readonly [room: string | undefined, totals: Totals]> {
    this.advance(nowMs);
    yield [undefined, this.#roster.site.totals()];
    for (const [name, room] of this.#roster.rooms) yield [name, room.totals()];
  }

  /** Who is active and who is idle. Drawn up only when something changed since the last time. */
  lists(nowMs: number, room?: string): Lists {
    this.advance(nowMs);
    return this.#roster.scope(room)?.lists() ?? NO_LISTS;
  }

  /** Everybody online, sorted by uid. */
  members(nowMs: number, room?: string): Member[] {
    this.advance(nowMs);
    const scope = this.#roster.scope(room);
    if (scope === undefined) return [];
    return scope.inOrder().map((slot) => memberOf(this.#roster.entries, slot, this.#roster.infoOf(slot)));
  }

  /** All that is known of a visitor, or undefined when offline. */
  visitor(uid: string, nowMs: number): VisitorView | undefined {
    this.advance(nowMs);
    const entries = this.#roster.entries;
    const slot = this.#roster.site.members.get(uid);
    if (slot === undefined || entries.statusOf(slot) === OFFLINE) return undefined;
    const extra = entries.extra[slot];
    const rooms = (extra?.memberships ?? [])
      .filter((membership) => entries.statusOf(membership) !== OFFLINE)
      .map((membership) => entries.scope[membership]!.room!);
    return {
      status: statusName(entries.statusOf(slot)),
      lastSeenMs: entries.lastSeenMs[slot]!,
      lastActivityMs: entries.lastActivityMs[slot]!,
      idleAtMs: entries.lastActivityMs[slot]! + this.#settings.activeWindowMs + 1,
      offlineAtMs: entries.endsAtMs[slot]!,
      sessions: extra?.sessions?.filter((session) => session.endsAtMs > nowMs).length ?? 1,
      rooms: rooms.sort(),
      info: extra?.info,
    };
  }

  /** How many rooms have somebody in them, or had until the next flush. */
  get roomCount(): number {
    return this.#roster.rooms.size;
  }

  #hasCapacityFor(uid: string): boolean {
    const { site, entries } = this.#roster;
    const { maxVisitors } = this.#settings;
    // Offline visitors stay in the table until the next flush, hence the second limit.
    if (site.online < maxVisitors && site.members.size < 2 * maxVisitors) return true;
    const slot = site.members.get(uid);
    return slot !== undefined && (entries.status[slot] !== OFFLINE || site.online < maxVisitors);
  }

  #write(slot: number, { lastSeenMs, lastActivityMs, endsAtMs, sessions }: PlaceState, nowMs: number): void {
    const entries = this.#roster.entries;
    entries.lastSeenMs[slot] = lastSeenMs;
    entries.lastActivityMs[slot] = lastActivityMs;
    entries.endsAtMs[slot] = endsAtMs;
    const isPlain = sessions.length === 1 && sessions[0]!.id === NAMELESS;
    if (!isPlain || entries.extra[slot] !== undefined) entries.extraOf(slot).sessions = isPlain ? undefined : sessions;
    this.#roster.setStatus(slot, nowMs <= lastActivityMs + this.#settings.activeWindowMs ? ACTIVE : IDLE);
    this.#roster.arm(slot);
  }

  #touch(slot: number, hit: Hit, nowMs: number): void {
    const entries = this.#roster.entries;
    const { onlineWindowMs, activeWindowMs, maxSessions } = this.#settings;
    const wasOffline = entries.status[slot] === OFFLINE;
    const activityMs = Math.min(hit.activityMs, nowMs);
    const lastActivityMs = wasOffline ? activityMs : Math.max(entries.lastActivityMs[slot]!, activityMs);
    const endsAtMs = nowMs + onlineWindowMs + 1;
    if (wasOffline) dropSessions(entries.extra[slot]);
    if (hit.session !== undefined || entries.extra[slot]?.sessions !== undefined) {
      this.#keepSession(slot, hit.session ?? NAMELESS, endsAtMs, nowMs, wasOffline, maxSessions);
    }
    entries.lastSeenMs[slot] = nowMs;
    entries.lastActivityMs[slot] = lastActivityMs;
    entries.endsAtMs[slot] = endsAtMs;
    this.#roster.setStatus(slot, nowMs <= lastActivityMs + activeWindowMs ? ACTIVE : IDLE);
    this.#roster.arm(slot);
  }

  #keepSession(slot: number, id: string, endsAtMs: number, nowMs: number, isNew: boolean, maxSessions: number): void {
    const extra = this.#roster.entries.extraOf(slot);
    if (extra.sessions === undefined) {
      // The entry itself stood for a nameless page so far; it gets a name among the others.
      extra.sessions = isNew ? [] : [{ id: NAMELESS, endsAtMs: this.#roster.entries.endsAtMs[slot]! }];
    }
    keepSession(extra.sessions, id, endsAtMs, nowMs, maxSessions);
  }

  #end(slot: number, session: string | undefined, endsAtMs: number): void {
    const entries = this.#roster.entries;
    if (entries.status[slot] === OFFLINE) return;
    const sessions = entries.extra[slot]?.sessions;
    if (sessions === undefined) {
      if (session !== undefined) return;
      entries.endsAtMs[slot] = Math.min(entries.endsAtMs[slot]!, endsAtMs);
    } else {
      if (!endSession(sessions, session, endsAtMs)) return;
      entries.endsAtMs[slot] = lastEndMs(sessions);
    }
    this.#roster.arm(slot);
  }
}

/** How a slot shows in a list of members. Only for one that is online. */
export function memberOf(entries: Entries, slot: number, info: string | undefined): Member {
  return { uid: entries.uid[slot]!, status: entries.status[slot] === ACTIVE ? 'active' : 'idle', info };
}

function dropSessions(extra: Extra | undefined): void {
  if (extra !== undefined) extra.sessions = undefined;
}
