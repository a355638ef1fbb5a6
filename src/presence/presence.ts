import type { PresenceSettings } from '../config/settings.js';
import type { Hit, Leave } from '../protocol/heartbeat.js';
import { assignState } from './assign-state.js';
import { refusalOf } from './capacity.js';
import type { LastSeen } from './last-seen.js';
import { lookUp, statusOf } from './look-up.js';
import { Roster } from './roster.js';
import { applyHit, applyLeave, type Gap, hasEnded, type RoomNames, roomToGiveUp, type VisitorState } from './rules.js';
import type { Diff, Lists, Member, Refusal, Status, Totals, VisitorView } from './types.js';
import { statesOf, type VisitorRecord } from './visitor-states.js';

const NO_TOTALS: Totals = { online: 0, active: 0, idle: 0 };
const NO_LISTS: Lists = { active: [], idle: [] };
const NOBODY: readonly Member[] = [];

/**
 * Who is here. Pure: no clock, no timer, no input or output; `nowMs` is whole milliseconds of a clock that never goes
 * back. Every answer but `firstMembers` is exact for the `nowMs` it is asked with, however long ago the last call was.
 */
export class Presence {
  readonly #settings: PresenceSettings;
  readonly #roster: Roster;
  readonly #memberOf = (slot: number) => this.#roster.memberOf(slot);

  /**
   * @param onChange called at the first change after each flush, within the call that makes it; it must not call back.
   * Default: nothing
   */
  constructor(settings: PresenceSettings, onChange: () => void = () => {}) {
    this.#settings = settings;
    this.#roster = new Roster(settings, onChange);
  }

  /** Greater after a call than before it when the call has changed anybody's status or info. */
  get changeCount(): number {
    return this.#roster.changeCount;
  }

  /** How many entries of visitors, on the site and in rooms, may have changed since the last flush. */
  get unflushedCount(): number {
    return this.#roster.unflushedCount;
  }

  /**
   * Takes a heartbeat.
   *
   * @returns why it is refused; undefined when it is taken
   */
  hit(hit: Hit, nowMs: number): Refusal | undefined {
    const roster = this.#roster;
    let siteSlot = roster.site.members.get(hit.uid);
    // The rooms of an earlier stay must end before the new one begins, even when nobody has called `advance` in between.
    if (siteSlot !== undefined && hasEnded(roster.entries.placeAt(siteSlot), nowMs)) roster.end(siteSlot);
    const refusal = this.refusal(hit, nowMs);
    if (refusal !== undefined) return refusal;

    siteSlot ??= roster.enter(roster.site, hit.uid);
    if (hit.invisible !== undefined) roster.setInvisible(siteSlot, hit.invisible, nowMs);
    this.#hitPlace(siteSlot, hit, nowMs);
    if (hit.room !== undefined) {
      this.#giveUpRoom(siteSlot, hit.uid, hit.room, nowMs);
      this.#hitPlace(roster.membership(siteSlot, hit.uid, hit.room), hit, nowMs);
    }
    if (hit.info !== undefined) roster.setInfo(siteSlot, hit.info);
    return undefined;
  }

  /** Takes a leave. No effect for a visitor, room or session that is not here. */
  leave({ uid, room, session }: Leave, nowMs: number): void {
    const { site, rooms, entries } = this.#roster;
    const siteSlot = site.members.get(uid);
    if (siteSlot === undefined) return;
    if (room !== undefined) {
      const slot = rooms.get(room)?.members.get(uid);
      if (slot !== undefined) this.#leavePlace(slot, session, nowMs);
      return;
    }
    for (const slot of entries.extra[siteSlot]?.memberships ?? []) this.#leavePlace(slot, session, nowMs);
    this.#leavePlace(siteSlot, session, nowMs);
  }

  /** Forgets a visitor, who goes offline at once. No effect on one who is not known. */
  erase(uid: string): void {
    const roster = this.#roster;
    const siteSlot = roster.site.members.get(uid);
    if (siteSlot !== undefined) roster.end(siteSlot);
    this.forgetLastSeen(uid);
  }

  /** Forgets when an offline visitor was last here. */
  forgetLastSeen(uid: string): void {
    this.#roster.lastSeen.erase(uid);
  }

  /** Remembers when a visitor was last here, unless the visitor is online, or later times are known. */
  restoreLastSeen(uid: string, seen: LastSeen, nowMs: number): void {
    if (this.status(uid, nowMs) === 'offline') this.#roster.lastSeen.restore(uid, seen, nowMs);
  }

  /**
   * Reports who is remembered from now on, and, with undefined, who is to be forgotten for good. Those who come back, or give
   * way to others, are not reported.
   */
  onLastSeen(report: (uid: string, seen: LastSeen | undefined) => void): void {
    this.#roster.lastSeen.report = report;
  }

  /** Why a heartbeat would be refused now; undefined when it would be taken. */
  refusal(hit: Pick<Hit, 'uid' | 'room'>, nowMs: number): Refusal | undefined {
    return refusalOf(this.#roster, hit, nowMs, this.#settings);
  }

  /**
   * Replaces a visitor's state, and shares its session arrays. For a tracker in front of this one, which then takes all
   * heartbeats and leaves itself.
   *
   * @param changed the rooms that differ from the state that was assigned before
   * @returns why there is no capacity for the visitor or for one of the rooms; the other rooms are taken
   */
  assign(uid: string, state: VisitorState, nowMs: number, changed: RoomNames = 'all'): Refusal | undefined {
    return assignState(this.#roster, { uid, state, nowMs, changed }, this.#settings);
  }

  /**
   * Does not count a gap as silence: see `bridgeGap` in rules.ts. Call it before any other method with a time after the gap.
   * Costs time for every visitor.
   */
  bridgeGap(gap: Gap, graceMs: number): void {
    this.#roster.bridgeGap(gap, graceMs);
  }

  /** Whether a visitor is here, visible or not. */
  has(uid: string, nowMs: number): boolean {
    const { site, entries } = this.#roster;
    const slot = site.members.get(uid);
    return slot !== undefined && !hasEnded(entries.placeAt(slot), nowMs);
  }

  /**
   * Copies of the states of all visitors who are here, invisible ones included. Other methods may be called between two
   * steps: each visitor's state is that of the step that returns it.
   */
  states(nowMs: () => number): Generator<VisitorRecord> {
    return statesOf(this.#roster, nowMs);
  }

  /**
   * Applies what time alone has changed up to `nowMs`. Costs what changes, not how many visitors there are.
   *
   * @param maxVisits how many visitors to look at, at most; the others have to wait for the next call. Default: no limit
   * @returns whether everything is applied
   */
  advance(nowMs: number, maxVisits?: number): boolean {
    return this.#roster.advance(nowMs, maxVisits);
  }

  /**
   * What changed since the last flush, one diff per scope that changed, rooms before the site. What changed and changed
   * back is in none. Frees the memory of offline visitors and empty rooms.
   *
   * @param maxChanges how many entries to look at, at most; the others have to wait for the next flush, as if they had not
   * changed yet. Those who join the site do so before they join a room, and those who leave it have left all rooms.
   * Default: no limit, and everything that time has changed up to `nowMs` is included
   */
  flush(nowMs: number, maxChanges?: number): Diff[] {
    return this.#roster.flush(nowMs, maxChanges);
  }

  /** Changes whenever the answers of `lists` and `totals` may have changed. 0 for an empty room. */
  version(nowMs: number, room?: string): number {
    this.advance(nowMs);
    return this.#roster.scope(room)?.version ?? 0;
  }

  /** The totals of a room, or of the whole site when `room` is undefined. */
  totals(nowMs: number, room?: string): Totals {
    this.advance(nowMs);
    return this.#roster.scope(room)?.totals() ?? NO_TOTALS;
  }

  /** The totals of the site, under `undefined`, and of every room that has members. */
  *totalsByRoom(nowMs: number): Generator<readonly [room: string | undefined, totals: Totals]> {
    this.advance(nowMs);
    yield [undefined, this.#roster.site.totals()];
    for (const [name, room] of this.#roster.rooms) yield [name, room.totals()];
  }

  /** Who is active and who is idle in a room, or on the whole site. The same object until the version changes. */
  lists(nowMs: number, room?: string): Lists {
    this.advance(nowMs);
    return this.#roster.scope(room)?.lists() ?? NO_LISTS;
  }

  /** As `lists`, as of the first step. Other methods may be called between two steps. */
  *listsInSteps(nowMs: number, room?: string): Generator<undefined, Lists> {
    this.advance(nowMs);
    const scope = this.#roster.scope(room);
    return scope === undefined ? NO_LISTS : yield* scope.listsInSteps();
  }

  /** Everybody online in a room, or on the whole site, sorted by uid. */
  members(nowMs: number, room?: string): Member[] {
    this.advance(nowMs);
    const scope = this.#roster.scope(room);
    return scope === undefined ? [] : Array.from(scope.inOrder(), this.#memberOf);
  }

  /**
   * The first 50 of those who are online in a room, or on the whole site: active visitors before idle ones, each group
   * sorted by uid. Exact for up to 100 visitors; with more, up to a second old, so that the cost of a request does not
   * grow with them. The same object until the content may have changed.
   */
  firstMembers(nowMs: number, room?: string): readonly Member[] {
    this.advance(nowMs);
    return this.#roster.scope(room)?.firstMembers(nowMs, this.#memberOf) ?? NOBODY;
  }

  /**
   * The visitors that were online at the last flush, with the status and info that they had then, sorted by uid. After a
   * flush with a limit, the info in a room may be that of the site's last flush.
   */
  flushedMembers(room?: string): Member[] {
    return this.#roster.flushedMembers(room);
  }

  /**
   * The status of a visitor.
   *
   * @param within rooms: a visitor who is in none of them counts as offline. Default: the whole site
   */
  status(uid: string, nowMs: number, within?: ReadonlySet<string>): Status {
    this.advance(nowMs);
    return statusOf(this.#roster, uid, within);
  }

  /** When an offline visitor was last here; undefined when that is not remembered, and for one who is online. */
  lastSeen(uid: string, nowMs: number): LastSeen | undefined {
    this.advance(nowMs);
    return this.#roster.lastSeen.read(uid, nowMs);
  }

  /** Everybody who is remembered as offline. Other methods may be called between two steps. */
  lastSeenEntries(nowMs: number): Generator<readonly [uid: string, seen: LastSeen]> {
    this.advance(nowMs);
    return this.#roster.lastSeen.entries();
  }

  /** How many offline visitors are remembered. */
  get lastSeenCount(): number {
    return this.#roster.lastSeen.size;
  }

  /** One visitor in detail; undefined when offline. */
  visitor(uid: string, nowMs: number): VisitorView | undefined {
    this.advance(nowMs);
    return lookUp(this.#roster, uid, nowMs, this.#settings);
  }

  /** The names of all rooms that had members at the last flush, and perhaps of others. */
  get roomNames(): readonly string[] {
    return [...this.#roster.rooms.keys()];
  }

  /** How many rooms have members, as of the last advance or change. Costs what there are rooms. */
  get roomCount(): number {
    let count = 0;
    for (const room of this.#roster.rooms.values()) if (room.online > 0) count++;
    return count;
  }

  /** Takes the visitor out of a room, when there are too many for a new one. */
  #giveUpRoom(siteSlot: number, uid: string, newRoom: string, nowMs: number): void {
    const { rooms, entries } = this.#roster;
    const known = rooms.get(newRoom)?.members.get(uid);
    if (known !== undefined && entries.endsAtMs[known]! > nowMs) return;
    const memberships = entries.extra[siteSlot]?.memberships ?? [];
    if (memberships.length < this.#settings.maxRoomsPerVisitor) return;
    const ends = memberships.map((slot) => [entries.scope[slot]!.room!, entries.endsAtMs[slot]!] as const);
    const room = roomToGiveUp(ends, nowMs, this.#settings);
    if (room !== undefined) this.#roster.end(rooms.get(room)!.members.get(uid)!);
  }

  #hitPlace(slot: number, hit: Hit, nowMs: number): void {
    applyHit(this.#roster.entries.placeAt(slot), hit, nowMs, this.#settings);
    this.#roster.refresh(slot, nowMs);
  }

  #leavePlace(slot: number, session: string | undefined, nowMs: number): void {
    applyLeave(this.#roster.entries.placeAt(slot), session, nowMs, this.#settings);
    this.#roster.refresh(slot, nowMs);
  }
}
