const NONE = -1;
const SECOND_MS = 1000;

/**
 * A timing wheel with buckets of one second, over small integers: the slots of the table.
 *
 * A later deadline costs nothing: the slot stays in its bucket, and the visit then returns the new deadline. Only an
 * earlier deadline moves the slot. Advancing costs what is due, not how many slots there are.
 */
export class TimingWheel {
  readonly #heads: Int32Array;
  #next: Int32Array;
  #previous: Int32Array;
  #armedSecond: Int32Array;
  /** `advance` has taken the buckets of earlier seconds. */
  #cursorSecond = 0;
  /** When a slot in the bucket of the cursor is due; `Infinity` for none, 0 before the bucket has been taken. */
  #nextDueMs = 0;
  /** The head of the list that is being visited: the rest of a bucket that was taken. */
  #visiting = NONE;

  /** @param spanMs the furthest deadline that has a bucket; a slot with a further one is visited early, and again later */
  constructor(spanMs: number, capacity: number) {
    this.#heads = new Int32Array(Math.ceil(spanMs / SECOND_MS) + 2).fill(NONE);
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#armedSecond = new Int32Array(capacity).fill(NONE);
  }

  /** Accepts slots below `capacity` from now on. */
  grow(capacity: number): void {
    const from = this.#armedSecond.length;
    if (capacity <= from) return;
    this.#next = enlarge(this.#next, capacity);
    this.#previous = enlarge(this.#previous, capacity);
    this.#armedSecond = enlarge(this.#armedSecond, capacity).fill(NONE, from);
  }

  /** Schedules a visit of `slot` at the first `advance` at or after `dueMs`, or before. */
  arm(slot: number, dueMs: number): void {
    const armed = this.#armedSecond[slot]!;
    const second = Math.floor(dueMs / SECOND_MS);
    if (armed !== NONE) {
      if (armed < second || (armed === second && second > this.#cursorSecond)) return;
      this.disarm(slot);
    }
    this.#insert(slot, second, dueMs);
  }

  /** Cancels the visit of `slot`. No effect when none is scheduled. */
  disarm(slot: number): void {
    const second = this.#armedSecond[slot]!;
    if (second === NONE) return;
    const next = this.#next[slot]!;
    const previous = this.#previous[slot]!;
    if (previous !== NONE) this.#next[previous] = next;
    else if (slot === this.#visiting) this.#visiting = next;
    else this.#heads[second % this.#heads.length] = next;
    if (next !== NONE) this.#previous[next] = previous;
    this.#armedSecond[slot] = NONE;
  }

  /**
   * Visits the slots that may be due at `nowMs`.
   *
   * @param visit returns the slot's next deadline in milliseconds, later than `nowMs`, or `Infinity` for none. It may
   * disarm other slots, but must not arm any.
   * @param maxVisits leaves further visits to the next call, which may have a later `nowMs`. Default: no limit
   * @returns whether all of them have been visited
   */
  advance(nowMs: number, visit: (slot: number) => number, maxVisits = Number.POSITIVE_INFINITY): boolean {
    const nowSecond = Math.floor(nowMs / SECOND_MS);
    let left = maxVisits;
    // After a long time, the last round of the wheel takes every bucket.
    if (this.#cursorSecond <= nowSecond - this.#heads.length) this.#moveCursor(nowSecond - this.#heads.length + 1);
    for (;;) {
      for (; this.#visiting !== NONE; left--) {
        if (left === 0) return false;
        this.#visit(visit);
      }
      if (nowMs < this.#nextDueMs) {
        if (this.#cursorSecond >= nowSecond) return true;
        this.#moveCursor(this.#cursorSecond + 1);
      }
      this.#takeBucket();
    }
  }

  #visit(visit: (slot: number) => number): void {
    const slot = this.#visiting;
    this.disarm(slot);
    const nextMs = visit(slot);
    if (nextMs !== Number.POSITIVE_INFINITY) this.#insert(slot, Math.floor(nextMs / SECOND_MS), nextMs);
  }

  #moveCursor(second: number): void {
    this.#cursorSecond = second;
    this.#nextDueMs = 0;
  }

  #takeBucket(): void {
    const bucket = this.#cursorSecond % this.#heads.length;
    this.#visiting = this.#heads[bucket]!;
    this.#heads[bucket] = NONE;
    this.#nextDueMs = Number.POSITIVE_INFINITY;
  }

  #insert(slot: number, wantedSecond: number, dueMs: number): void {
    const cursor = this.#cursorSecond;
    const second = Math.min(Math.max(wantedSecond, cursor), cursor + this.#heads.length - 1);
    if (second === cursor && dueMs < this.#nextDueMs) this.#nextDueMs = dueMs;
    const bucket = second % this.#heads.length;
    const head = this.#heads[bucket]!;
    this.#next[slot] = head;
    this.#previous[slot] = NONE;
    if (head !== NONE) this.#previous[head] = slot;
    this.#heads[bucket] = slot;
    this.#armedSecond[slot] = second;
  }
}

function enlarge(array: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(array);
  return larger;
}
