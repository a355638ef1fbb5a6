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
  #cursorSecond = 0;
  #nextDueMs = 0;
  readonly #due: number[] = [];

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
    if (previous === NONE) this.#heads[second % this.#heads.length] = next;
    else this.#next[previous] = next;
    if (next !== NONE) this.#previous[next] = previous;
    this.#armedSecond[slot] = NONE;
  }

  /**
   * Visits every slot that may be due at `nowMs`.
   *
   * @param visit returns the slot's next deadline in milliseconds, later than `nowMs`, or `Infinity` for none. It may
   * disarm other slots, but is still called for those that are due. It must not arm any.
   */
  advance(nowMs: number, visit: (slot: number) => number): void {
    const second = Math.floor(nowMs / SECOND_MS);
    if (second < this.#cursorSecond || (second === this.#cursorSecond && nowMs < this.#nextDueMs)) return;
    const buckets = this.#heads.length;
    const from = Math.max(this.#cursorSecond, second - buckets + 1);
    this.#due.length = 0;
    for (let due = from; due <= second; due++) this.#takeDue(due % buckets);
    this.#cursorSecond = second;
    this.#nextDueMs = Number.POSITIVE_INFINITY;
    for (const slot of this.#due) {
      const nextMs = visit(slot);
      if (nextMs !== Number.POSITIVE_INFINITY) this.#insert(slot, Math.floor(nextMs / SECOND_MS), nextMs);
    }
  }

  #takeDue(bucket: number): void {
    for (let slot = this.#heads[bucket]!; slot !== NONE; slot = this.#next[slot]!) {
      this.#armedSecond[slot] = NONE;
      this.#due.push(slot);
    }
    this.#heads[bucket] = NONE;
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
