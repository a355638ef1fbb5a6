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

/**
 * A token bucket per key, in the form of the generic cell rate algorithm: one number a key says when its bucket will be
 * full again. Keys whose bucket is full are forgotten as others come.
 */
export class RateLimit {
  readonly options: RateLimitOptions;
  readonly #intervalMs: number;
  /** In the order in which keys were last seen. */
  readonly #fullAtMs = new Map<string, number>();

  constructor(options: RateLimitOptions) {
    this.options = options;
    this.#intervalMs = 60_000 / options.perMinute;
  }

  /** Counts a request of a key, unless it is refused. */
  take(key: string, nowMs: number): Verdict {
    const fullAtMs = Math.max(this.#fullAtMs.get(key) ?? 0, nowMs);
    const waitMs = fullAtMs - nowMs - (this.options.burst - 1) * this.#intervalMs;
    if (waitMs > 0) return { allowed: false, retryAfterSeconds: Math.ceil(waitMs / 1000) };
    this.#fullAtMs.delete(key);
    this.#fullAtMs.set(key, fullAtMs + this.#intervalMs);
    this.#forget(nowMs);
    return { allowed: true, retryAfterSeconds: 0 };
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#fullAtMs.size;
  }

  /** Two at a time, so that the map shrinks while keys keep coming. */
  #forget(nowMs: number): void {
    for (let looked = 0; looked < 2; looked++) {
      const oldest = this.#fullAtMs.entries().next().value;
      if (oldest === undefined) return;
      const [key, fullAtMs] = oldest;
      if (fullAtMs > nowMs && this.#fullAtMs.size <= this.options.maxKeys) return;
      this.#fullAtMs.delete(key);
    }
  }
}
