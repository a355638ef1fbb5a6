import type { PresenceSettings } from '../config/settings.js';
import { Changes } from './changes.js';
import { Entries, INFO_CHANGED, STATUS_CHANGED } from './entries.js';
import { LastSeenMemory } from './last-seen.js';
import { bridgeGap, endPlace, type Gap, nextChangeMs, statusAt } from './rules.js';
import { Scope } from './scope.js';
import { ACTIVE, OFFLINE, type StatusCode } from './status.js';
import { TimingWheel } from './timing-wheel.js';
import type { Diff, Member } from './types.js';

/** Info without members: it clears what was there. */
export const NO_INFO = '{}';

/**
 * Keeps the table of places and what is derived from it: statuses, counts, due times, and changes since the last flush.
 * After writing to a place, call `refresh`.
 */
export class Roster {
  readonly entries = new Entries<Scope>();
  readonly site: Scope;
  /** Rooms with members, by name. */
  readonly rooms = new Map<string, Scope>();
  /** Visitors who are offline. */
  readonly lastSeen: LastSeenMemory;
  /** Entries in all rooms, members who went offline since the last flush included. */
  membershipCount = 0;
  /** As `Presence.changeCount`. */
  changeCount = 0;
  readonly #settings: PresenceSettings;
  readonly #wheel: TimingWheel;
  readonly #changes: Changes;

  /** @param onChange called at the first change after each flush */
  constructor(settings: PresenceSettings, onChange: () => void) {
    this.#settings = settings;
    this.lastSeen = new LastSeenMemory(settings);
    this.site = new Scope(undefined, this.entries);
    this.#changes = new Changes({
      site: this.site,
      entries: this.entries,
      memberOf: (slot) => this.memberOf(slot),
      forget: (slot) => this.#forget(slot),
      forgetRoom: ({ room }) => this.rooms.delete(room!),
      onChange,
    });
    this.#wheel = new TimingWheel(settings.onlineWindowMs + 1, this.entries.capacity);
  }

  /** As `Presence.advance`. */
  advance(nowMs: number, maxVisits?: number): boolean {
    return this.#wheel.advance(nowMs, (slot) => this.#settle(slot, nowMs), maxVisits);
  }

  /** As `Presence.bridgeGap`. The due times stay: entries that are visited too early say when to look again. */
  bridgeGap(gap: Gap, graceMs: number): void {
    for (const scope of [this.site, ...this.rooms.values()]) {
      for (const slot of scope.members.values()) bridgeGap(this.entries.placeAt(slot), gap, graceMs);
    }
  }

  /** As `Presence.unflushedCount`. */
  get unflushedCount(): number {
    return this.#changes.unflushedCount;
  }

  /** As `Presence.flush`. */
  flush(nowMs: number, maxChanges = Number.POSITIVE_INFINITY): Diff[] {
    this.advance(nowMs, maxChanges);
    this.lastSeen.prune(nowMs);
    return this.#changes.take(maxChanges);
  }

  /** As `Presence.flushedMembers`. */
  flushedMembers(room: string | undefined): Member[] {
    const scope = this.scope(room);
    if (scope === undefined) return [];
    const { flushedStatus, uid, marks, extra } = this.entries;
    return Array.from(scope.inFlushedOrder(), (slot) => {
      const site = extra[scope === this.site ? slot : this.site.members.get(uid[slot]!)!];
      const info = (marks[slot]! & INFO_CHANGED) === 0 ? site?.info : site?.flushedInfo;
      return { uid: uid[slot]!, status: flushedStatus[slot] === ACTIVE ? 'active' : 'idle', info };
    });
  }

  /** The site, or a room that has members. */
  scope(room: string | undefined): Scope | undefined {
    return room === undefined ? this.site : this.rooms.get(room);
  }

  /** An online entry as a list shows it. */
  memberOf(slot: number): Member {
    const { uid, status, scope, extra } = this.entries;
    const siteSlot = scope[slot] === this.site ? slot : this.site.members.get(uid[slot]!);
    const info = siteSlot === undefined ? undefined : extra[siteSlot]?.info;
    return { uid: uid[slot]!, status: status[slot] === ACTIVE ? 'active' : 'idle', info };
  }

  /** Adds a visitor to a scope, offline until the place is written. */
  enter(scope: Scope, uid: string): number {
    const slot = this.entries.allocate(uid, scope);
    this.#wheel.grow(this.entries.capacity);
    scope.members.set(uid, slot);
    return slot;
  }

  /** The visitor's entry in a room, added when there is none. */
  membership(siteSlot: number, uid: string, name: string): number {
    let room = this.rooms.get(name);
    if (room === undefined) {
      room = new Scope(name, this.entries);
      this.rooms.set(name, room);
    }
    let slot = room.members.get(uid);
    if (slot === undefined) {
      slot = this.enter(room, uid);
      this.entries.invisible[slot] = this.entries.invisible[siteSlot]!;
      this.entries.extraOf(siteSlot).memberships.push(slot);
      this.membershipCount++;
    }
    return slot;
  }

  /** Brings an entry's status up to date with its place, and schedules the next change. */
  refresh(slot: number, nowMs: number): void {
    const dueMs = this.#settle(slot, nowMs);
    if (dueMs !== Number.POSITIVE_INFINITY) this.#wheel.arm(slot, dueMs);
  }

  /** Takes an entry offline. Off the site is off every room, and clears the info. */
  end(slot: number): void {
    for (const membership of this.entries.extra[slot]?.memberships ?? []) this.#takeOffline(membership);
    this.#takeOffline(slot);
    this.setInfo(slot, NO_INFO);
    if (this.entries.scope[slot] === this.site) this.#setInvisible(slot, false);
  }

  /** Hides a visitor, or ends that. The change shows in rooms at once, and on the site when its place is refreshed. */
  setInvisible(siteSlot: number, isInvisible: boolean, nowMs: number): void {
    if ((this.entries.invisible[siteSlot] === 1) === isInvisible) return;
    // As of the last heartbeat that others could see.
    this.#rememberLastSeen(siteSlot);
    this.#setInvisible(siteSlot, isInvisible);
    for (const membership of this.entries.extra[siteSlot]?.memberships ?? []) this.refresh(membership, nowMs);
  }

  /** Sets the info of a site entry, as canonical JSON text. */
  setInfo(slot: number, info: string): void {
    const known = this.entries.extra[slot]?.info;
    const next = info === NO_INFO ? undefined : info;
    if (known === next) return;
    const extra = this.entries.extraOf(slot);
    if ((this.entries.marks[slot]! & INFO_CHANGED) === 0) extra.flushedInfo = known;
    extra.info = next;
    for (const each of [slot, ...extra.memberships]) {
      this.#mark(each, INFO_CHANGED);
      this.entries.scope[each]!.countInfo();
    }
  }

  /** @returns when the status changes next by time alone; `Infinity` when it does not */
  #settle(slot: number, nowMs: number): number {
    const place = this.entries.placeAt(slot);
    const status = statusAt(place, nowMs, this.#settings);
    if (status === OFFLINE) {
      this.end(slot);
      return Number.POSITIVE_INFINITY;
    }
    const dueMs = nextChangeMs(place, nowMs, this.#settings);
    this.#setStatus(slot, this.entries.invisible[slot] === 1 ? OFFLINE : status);
    return dueMs;
  }

  #takeOffline(slot: number): void {
    this.#rememberLastSeen(slot);
    endPlace(this.entries.placeAt(slot));
    this.#setStatus(slot, OFFLINE);
    // The status of an invisible visitor has not changed, and its entry has to be freed, too.
    this.#mark(slot, STATUS_CHANGED);
  }

  #rememberLastSeen(slot: number): void {
    const { uid, scope, status } = this.entries;
    if (scope[slot] === this.site && status[slot] !== OFFLINE) {
      this.lastSeen.remember(uid[slot]!, this.entries.placeAt(slot));
    }
  }

  #setInvisible(siteSlot: number, isInvisible: boolean): void {
    const { invisible, extra } = this.entries;
    for (const slot of [siteSlot, ...(extra[siteSlot]?.memberships ?? [])]) invisible[slot] = Number(isInvisible);
  }

  #setStatus(slot: number, status: StatusCode): void {
    const before = this.entries.statusOf(slot);
    if (before === status) return;
    const { uid, lastSeenMs, onlineSinceMs } = this.entries;
    if (before === OFFLINE && this.entries.scope[slot] === this.site) {
      this.lastSeen.forget(uid[slot]!);
      onlineSinceMs[slot] = lastSeenMs[slot]!;
    }
    this.entries.status[slot] = status;
    this.entries.scope[slot]!.count(slot, before, status);
    this.#mark(slot, STATUS_CHANGED);
  }

  #mark(slot: number, mark: number): void {
    this.changeCount++;
    this.#changes.add(slot, mark);
  }

  /** Removes an entry whose place has ended from the table. The visitor of an offline entry may be there, invisible. */
  #forget(slot: number): void {
    const entries = this.entries;
    if (entries.endsAtMs[slot] !== Number.NEGATIVE_INFINITY) return;
    const scope = entries.scope[slot]!;
    const uid = entries.uid[slot]!;
    scope.members.delete(uid);
    this.#wheel.disarm(slot);
    if (scope !== this.site) {
      this.membershipCount--;
      const memberships = entries.extra[this.site.members.get(uid)!]?.memberships;
      memberships?.splice(memberships.indexOf(slot), 1);
    }
    entries.free(slot);
  }
}
