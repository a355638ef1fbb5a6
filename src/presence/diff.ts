import { type Entries, INFO_CHANGED } from './entries.js';
import type { Scope } from './scope.js';
import { ACTIVE, OFFLINE } from './status.js';
import type { Departure, Diff, Member } from './types.js';

/** Collects what changed in a scope since the last flush. The present statuses become those of the last flush. */
export class DiffCollector {
  readonly #scope: Scope;
  readonly #entries: Entries;
  readonly #memberOf: (slot: number) => Member;
  readonly #forget: (slot: number) => void;
  readonly #joined: Member[] = [];
  readonly #left: Departure[] = [];
  readonly #active: string[] = [];
  readonly #idle: string[] = [];
  readonly #updated: { uid: string; info: string | undefined }[] = [];

  /** @param forget called for each slot that is offline */
  constructor(scope: Scope, entries: Entries, memberOf: (slot: number) => Member, forget: (slot: number) => void) {
    this.#scope = scope;
    this.#entries = entries;
    this.#memberOf = memberOf;
    this.#forget = forget;
  }

  /** Takes a slot that has marks. */
  add(slot: number): void {
    const { uid: uids, status: statuses, flushedStatus, marks, lastSeenMs, onlineSinceMs } = this.#entries;
    const uid = uids[slot]!;
    const before = flushedStatus[slot]!;
    const status = statuses[slot]!;
    const mark = marks[slot]!;
    flushedStatus[slot] = status;
    marks[slot] = 0;
    this.#scope.countFlushed(before, status);
    if (status === OFFLINE) {
      if (before !== OFFLINE) this.#left.push({ uid, onlineMs: lastSeenMs[slot]! - onlineSinceMs[slot]! });
      this.#forget(slot);
    } else if (before === OFFLINE) {
      this.#joined.push(this.#memberOf(slot));
    } else {
      if (before !== status) (status === ACTIVE ? this.#active : this.#idle).push(uid);
      if ((mark & INFO_CHANGED) !== 0) this.#updated.push({ uid, info: this.#memberOf(slot).info });
    }
  }

  /** The diff of all slots; undefined when everything changed back. */
  get diff(): Diff | undefined {
    const [joined, left, active, idle, updated] = [this.#joined, this.#left, this.#active, this.#idle, this.#updated];
    if (joined.length + left.length + active.length + idle.length + updated.length === 0) return undefined;
    return { room: this.#scope.room, totals: this.#scope.flushedTotals(), joined, left, active, idle, updated };
  }
}
