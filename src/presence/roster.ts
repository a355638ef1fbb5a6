import type { PresenceSettings } from '../config/settings.js';
import { diffOf } from './diff.js';
import { ACTIVE, CHANGED, Entries, IDLE, INFO_CHANGED, OFFLINE, type StatusCode } from './entries.js';
import { Scope } from './scope.js';
import { TimingWheel } from './timing-wheel.js';
import type { Diff } from './types.js';

/** Info that says nothing. */
export const NO_INFO = '{}';

/**
 * The books: who is where, when each of them is due to turn idle or go, and what has changed since somebody was told.
 * Whoever writes into the entries says so by `setStatus`, `setInfo` and `arm`.
 */
export class Roster {
  readonly entries = new Entries<Scope>();
  readonly site: Scope;
  readonly rooms = new Map<string, Scope>();
  /** Entries in rooms, those who have just gone included. */
  membershipCount = 0;
  readonly #activeWindowMs: number;
  readonly #wheel: TimingWheel;
  readonly #changedScopes = new Set<Scope>();

  constructor({ onlineWindowMs, activeWindowMs }: PresenceSettings) {
    this.#activeWindowMs = activeWindowMs;
    this.site = new Scope(undefined, this.entries);
    this.#wheel = new TimingWheel(onlineWindowMs + 1, this.entries.capacity);
  }

  /** Lets everything happen that time alone brings about up to `nowMs`. Costs what happens, not who is there. */
  advance(nowMs: number): void {
    this.#wheel.advance(nowMs, (slot) => this.#visit(slot, nowMs));
  }

  /**
   * Everything that changed since the last flush, one set per place where something did, rooms before the site.
   * Forgets those who have gone, and empty rooms. What changed and changed back is not told.
   */
  flush(nowMs: number): Diff[] {
    this.advance(nowMs);
    const diffs: Diff[] = [];
    // The site comes last: its entries know which room entries are a visitor's.
    const scopes = [...this.#changedScopes].sort((a, b) => Number(a === this.site) - Number(b === this.site));
    this.#changedScopes.clear();
    for (const scope of scopes) {
      const changes = diffOf(
        scope,
        this.entries,
        (slot) => this.infoOf(slot),
        (slot) => this.#forget(slot),
      );
      if (changes !== undefined) diffs.push(changes);
      if (scope.room !== undefined && scope.members.size === 0) this.rooms.delete(scope.room);
    }
    return diffs;
  }

  /** The visitor's info as JSON text, for any of the visitor's entries. */
  infoOf(slot: number): string | undefined {
    const { uid, extra } = this.entries;
    const root = this.site.members.get(uid[slot]!);
    return root === undefined ? undefined : extra[root]?.info;
  }

  /** The site, or a room that somebody is in. */
  scope(room: string | undefined): Scope | undefined {
    return room === undefined ? this.site : this.rooms.get(room);
  }

  /** A new entry, offline so far. */
  enter(scope: Scope, uid: string): number {
    const slot = this.entries.allocate(uid, scope);
    this.#wheel.grow(this.entries.capacity);
    scope.members.set(uid, slot);
    return slot;
  }

  /** The visitor's entry in a room, made when there is none. */
  membership(root: number, uid: string, name: string): number {
    let room = this.rooms.get(name);
    if (room === undefined) {
      room = new Scope(name, this.entries);
      this.rooms.set(name, room);
    }
    let slot = room.members.get(uid);
    if (slot === undefined) {
      slot = this.enter(room, uid);
      this.entries.extraOf(root).memberships.push(slot);
      this.membershipCount++;
    }
    return slot;
  }

  /** Sees to it that the entry is looked at when its numbers say so. */
  arm(slot: number): void {
    this.#wheel.arm(slot, this.#dueMs(slot));
  }

  #dueMs(slot: number): number {
    const { status, lastActivityMs, endsAtMs } = this.entries;
    const endMs = endsAtMs[slot]!;
    return status[slot] === ACTIVE ? Math.min(endMs, lastActivityMs[slot]! + this.#activeWindowMs + 1) : endMs;
  }

  #visit(slot: number, nowMs: number): number {
    const entries = this.entries;
    if (entries.status[slot] === OFFLINE) return Number.POSITIVE_INFINITY;
    if (entries.endsAtMs[slot]! <= nowMs) {
      // Of a membership, which has none of its own, this ends just itself.
      this.endAll(slot);
      return Number.POSITIVE_INFINITY;
    }
    if (this.#dueMs(slot) <= nowMs) this.setStatus(slot, IDLE);
    return this.#dueMs(slot);
  }

  /** Lets an entry go offline. Off the site is off every room. */
  endAll(slot: number): void {
    for (const membership of this.entries.extra[slot]?.memberships ?? []) this.setStatus(membership, OFFLINE);
    this.setStatus(slot, OFFLINE);
    this.setInfo(slot, NO_INFO);
  }

  /** Counts and notes a status; nothing when it is the same as before. */
  setStatus(slot: number, status: StatusCode): void {
    const entries = this.entries;
    const before = entries.statusOf(slot);
    if (before === status) return;
    const scope = entries.scope[slot]!;
    entries.status[slot] = status;
    scope.count(before, status);
    if (before === OFFLINE) scope.noteNewcomer(slot);
    this.#mark(slot, scope, CHANGED);
  }

  /** Notes the info of a site entry. */
  setInfo(slot: number, info: string): void {
    const known = this.entries.extra[slot]?.info;
    const next = info === NO_INFO ? undefined : info;
    if (known === next) return;
    const extra = this.entries.extraOf(slot);
    extra.info = next;
    for (const each of [slot, ...extra.memberships]) this.#mark(each, this.entries.scope[each]!, INFO_CHANGED);
  }

  #mark(slot: number, scope: Scope, mark: number): void {
    const { marks } = this.entries;
    if (marks[slot] === 0) {
      scope.changed.push(slot);
      this.#changedScopes.add(scope);
    }
    marks[slot]! |= mark;
  }

  #forget(slot: number): void {
    const entries = this.entries;
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
