/** The decision about one request. */
export interface Verdict {
  readonly allowed: boolean;
  /** How long until the next request is allowed, in whole seconds, at least 1 when it is rejected. */
  readonly retryAfterSeconds: number;
}

/** The size of a limit. */
export interface RateLimitOptions {
  readonly perMinute: number;
  /** How many requests may come at once before the rate applies. */
  readonly burst: number;
  /** How many keys are remembered. Beyond it, the least recently seen key is forgotten, and starts afresh. */
  readonly maxKeys: number;
}

/** The time between two tokens of a bucket. The unit is a millisecond divided by the rate, so that all sums are exact integers. */
const INTERVAL = 60_000;

/**
 * A token bucket per key, as the generic cell rate algorithm (GCRA): one number per key says when its bucket is full again.
 * Keys with a full bucket are forgotten while other keys arrive.
 */
export class RateLimit {
  readonly options: RateLimitOptions;
  /** The least recently seen key comes first. */
  readonly #fullAt = new Map<string, number>();

  constructor(options: RateLimitOptions) {
    this.options = options;
  }

  /** Counts a request of a key. A rejected request does not count. */
  take(key: string, nowMs: number): Verdict {
    const { perMinute, burst } = this.options;
    const now = nowMs * perMinute;
    const fullAt = Math.max(this.#fullAt.get(key) ?? 0, now);
    const wait = fullAt - now - (burst - 1) * INTERVAL;
    if (wait > 0) return { allowed: false, retryAfterSeconds: Math.ceil(wait / perMinute / 1000) };
    this.#fullAt.delete(key);
    this.#fullAt.set(key, fullAt + INTERVAL);
    this.#forget(now);
    return { allowed: true, retryAfterSeconds: 0 };
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#fullAt.size;
  }

  /** Two per request, so that the map shrinks even while new keys arrive. */
  #forget(now: number): void {
    for (let looked = 0; looked < 2; looked++) {
      const oldest = this.#fullAt.entries().next().value;
      if (oldest === undefined) return;
      const [key, fullAt] = oldest;
      if (fullAt > now && this.#fullAt.size <= this.options.maxKeys) return;
      this.#fullAt.delete(key);
    }
  }
}
