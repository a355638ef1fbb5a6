/** Arrivals are counted per twentieth of an interval. */
const BUCKETS_PER_INTERVAL = 20;
/** More than an interval, which is as far back as they are looked at. */
const BUCKETS = 32;
/** Without a check for so long, in intervals, this process did not run, and could not take heartbeats either. */
const LONGEST_PAUSE = 0.25;
/** How late a heartbeat may be, in intervals. */
const LATENESS = 0.1;
/** So many heartbeats are not all late. */
const OVERDUE = 3;
/** After this time, in intervals, one overdue heartbeat is enough: the visitors expire soon. */
const SHORT_SILENCE = 0.75;
/** After this time, in intervals, every page should have sent a heartbeat, even a late one. */
const LONG_SILENCE = 1.5;
/** How much longer the next silence has to be, after one that heartbeats have ended, and for how many intervals. */
const TOLERANCE = { factor: 1.25, intervals: 20 };

/**
 * Notices that heartbeats have stopped although visitors are online: requests now go to another process. Pages send their
 * heartbeats at a steady interval, so those of one interval ago say which ones are overdue. Costs the same for any number
 * of visitors.
 */
export class HeartbeatSilence {
  readonly #intervalMs: number;
  readonly #bucketMs: number;
  readonly #counts = new Uint32Array(BUCKETS);
  /** Which bucket since the start of the clock a count is of. */
  readonly #numbers = new Float64Array(BUCKETS).fill(-1);
  /** When the last heartbeat arrived. */
  #lastMs: number;
  #checkedMs: number;
  #isReported = false;
  #toleratedMs = 0;
  #toleratedUntilMs = 0;

  constructor(intervalMs: number, nowMs: number) {
    this.#intervalMs = intervalMs;
    this.#bucketMs = intervalMs / BUCKETS_PER_INTERVAL;
    this.#lastMs = nowMs;
    this.#checkedMs = nowMs;
  }

  /** Counts a heartbeat. */
  add(nowMs: number): void {
    if (this.#isReported) this.#tolerate(nowMs);
    this.#isReported = false;
    this.#lastMs = nowMs;
    const number = Math.floor(nowMs / this.#bucketMs);
    const index = number % BUCKETS;
    if (this.#numbers[index] !== number) {
      this.#numbers[index] = number;
      this.#counts[index] = 0;
    }
    this.#counts[index]!++;
  }

  /** True once per silence. Call it twenty times per interval, while there is anybody whose heartbeat could be missing. */
  check(nowMs: number): boolean {
    if (nowMs - this.#checkedMs > LONGEST_PAUSE * this.#intervalMs) this.#lastMs = nowMs;
    this.#checkedMs = nowMs;
    const silentMs = nowMs - this.#lastMs;
    if (this.#isReported || (nowMs < this.#toleratedUntilMs && silentMs < this.#toleratedMs)) return false;
    const lateMs = LATENESS * this.#intervalMs;
    // Whoever sent the last heartbeats is not overdue yet, and nor is it expected once more just after them.
    const fromMs = this.#lastMs - this.#intervalMs + lateMs;
    const dueMs = nowMs - this.#intervalMs - lateMs;
    this.#isReported =
      this.#count(fromMs, Math.min(dueMs, this.#lastMs)) >= OVERDUE ||
      (silentMs >= SHORT_SILENCE * this.#intervalMs &&
        this.#count(fromMs, Math.min(dueMs, this.#lastMs - lateMs)) > 0) ||
      silentMs >= LONG_SILENCE * this.#intervalMs;
    return this.#isReported;
  }

  /** The silence was none. Where pages send at other times than expected, it must not be reported again and again. */
  #tolerate(nowMs: number): void {
    const longestMs = LONG_SILENCE * this.#intervalMs;
    if (nowMs - this.#lastMs >= longestMs) return;
    this.#toleratedMs = Math.min(longestMs, TOLERANCE.factor * (nowMs - this.#lastMs));
    this.#toleratedUntilMs = nowMs + TOLERANCE.intervals * this.#intervalMs;
  }

  /** How many heartbeats arrived between two moments, within the last interval. */
  #count(fromMs: number, toMs: number): number {
    let count = 0;
    for (let number = Math.ceil(fromMs / this.#bucketMs); number <= Math.floor(toMs / this.#bucketMs); number++) {
      const index = ((number % BUCKETS) + BUCKETS) % BUCKETS;
      if (this.#numbers[index] === number) count += this.#counts[index]!;
    }
    return count;
  }
}
