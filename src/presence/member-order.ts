import type { Entries } from './entries.js';
import { OFFLINE } from './status.js';

/** How many slots may wait to be sorted, beside twice the number of members. */
const UNSORTED_SLACK = 1024;

/** The slots of everybody online in a scope, sorted by uid. They are sorted when somebody asks for them. */
export class MemberOrder<S extends object> {
  readonly #scope: S;
  readonly #entries: Entries<S>;
  /** As of the last request. Some may be offline or freed by now. */
  #sorted: Int32Array = new Int32Array(0);
  /** Slots that came online since. Some may be offline or freed by now, or in here twice. */
  #unsorted: number[] = [];
  #hasDepartures = false;

  constructor(scope: S, entries: Entries<S>) {
    this.#scope = scope;
    this.#entries = entries;
  }

  /** Notes that a slot has come online. @param memberCount how many members there are, about */
  add(slot: number, memberCount: number): void {
    this.#unsorted.push(slot);
    // Without anybody who asks, the queue would grow forever.
    if (this.#unsorted.length > 2 * memberCount + UNSORTED_SLACK) this.slots();
  }

  /** Notes that some slot has gone offline. */
  remove(): void {
    this.#hasDepartures = true;
  }

  /** The slots. Later calls return other arrays. */
  slots(): Int32Array {
    if (this.#hasDepartures) this.#removeDepartures();
    if (this.#unsorted.length > 0) this.#sortNewcomers();
    return this.#sorted;
  }

  #removeDepartures(): void {
    const { scope, sorted } = this.#entries;
    this.#sorted = this.#sorted.filter((slot) => {
      // A slot that was freed has no mark, even if it is used again: its new visitor is a newcomer.
      if (scope[slot] !== this.#scope || sorted[slot] === 0) return false;
      if (this.isOnline(slot)) return true;
      sorted[slot] = 0;
      return false;
    });
    this.#hasDepartures = false;
  }

  #sortNewcomers(): void {
    const { uid, sorted } = this.#entries;
    const newcomers: number[] = [];
    for (const slot of this.#unsorted) {
      if (!this.isOnline(slot) || sorted[slot] === 1) continue;
      sorted[slot] = 1;
      newcomers.push(slot);
    }
    this.#unsorted = [];
    newcomers.sort((a, b) => (uid[a]! < uid[b]! ? -1 : 1));
    this.#sorted = mergeSorted(this.#sorted, Int32Array.from(newcomers), uid);
  }

  /** Whether a slot is that of somebody online in this scope. */
  isOnline(slot: number): boolean {
    return this.#entries.scope[slot] === this.#scope && this.#entries.status[slot] !== OFFLINE;
  }
}

/**
 * Merges two lists of slots that are sorted by uid. Compares few of them when one list is much longer: the usual case is a
 * few newcomers among many members.
 */
export function mergeSorted(left: Int32Array, right: Int32Array, uid: readonly string[]): Int32Array {
  if (right.length === 0) return left;
  const merged = new Int32Array(left.length + right.length);
  let next = 0;
  for (const [index, slot] of right.entries()) {
    const end = firstAfter(left, next, uid[slot]!, uid);
    merged.set(left.subarray(next, end), next + index);
    merged[end + index] = slot;
    next = end;
  }
  merged.set(left.subarray(next), next + right.length);
  return merged;
}

/** The first index at or after `from` whose uid is greater; found in ever longer steps, and then by halves. */
function firstAfter(slots: Int32Array, from: number, wanted: string, uid: readonly string[]): number {
  let [low, high, step] = [from, from, 1];
  while (high < slots.length && uid[slots[high]!]! < wanted) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  high = Math.min(high, slots.length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (uid[slots[middle]!]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
