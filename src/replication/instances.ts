/** Which other instances have published lately. One that gets no heartbeats publishes nothing. */
export class OtherInstances {
  readonly #keptMs: number;
  /** When each has published last, by its origin. Whoever published longest ago comes first. */
  readonly #publishedMs = new Map<string, number>();

  /** @param keptMs how long an instance counts after it has published */
  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  see(origin: string, nowMs: number): void {
    this.#publishedMs.delete(origin);
    this.#publishedMs.set(origin, nowMs);
    this.#prune(nowMs);
  }

  count(nowMs: number): number {
    this.#prune(nowMs);
    return this.#publishedMs.size;
  }

  #prune(nowMs: number): void {
    for (const [origin, publishedMs] of this.#publishedMs) {
      if (nowMs - publishedMs <= this.#keptMs) return;
      this.#publishedMs.delete(origin);
    }
  }
}
