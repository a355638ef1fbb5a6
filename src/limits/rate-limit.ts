/** What a limit says of one request. */
export interface Verdict {
  readonly allowed: boolean;
  /** How long until the next request is allowed, in whole seconds, at least 1 when refused. */
  readonly retryAfterSeconds: number;
}

/** How much a limit lets through. */
export interface RateLimitOptions {
  readonly perMinute: number;
  /** How many may come at once before the rate counts. */
  readonly burst: number;
  /** How many keys are remembered; beyond, the one that was seen least lately is forgotten, and starts afresh. */
  readonly maxKeys: number;
}

/** How long a bucket takes to gain a token. Times are in milliseconds divided by the rate: whole numbers, with exact sums. */
const INTERVAL = 60_000;

/**
 * A token bucket per key, in the form of the generic cell rate algorithm: one number a key says when its bucket will be
 * full again. Keys whose bucket is full are forgotten as others come.
 */
export class RateLimit {
  readonly options: RateLimitOptions;
  /** In the order in which keys were last seen. */
  readonly #fullAt = new Map<string, number>();

  constructor(options: RateLimitOptions) {
    this.options = options;
  }

  /** Counts a request of a key, unless it is refused. */
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

  /** Two at a time, so that the map shrinks while keys keep coming. */
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
