/** How often something was seen, and when last. */
export interface Seen {
  count: number;
  /** In milliseconds of the wall clock. */
  lastMs: number;
}

/** Counts by key. Bounded, since strangers choose the keys: the one that was seen longest ago gives way to a new one. */
export class Tally<Kind extends object> {
  readonly #maxKeys: number;
  /** The key seen longest ago comes first. */
  readonly #entries = new Map<string, Kind & Seen>();
  #newest: (Kind & Seen) | undefined;

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  /** Whether a key is counted already. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /**
   * Counts a key once more.
   *
   * @param wallMs the time of the wall clock
   * @param describe makes what a new key stands for
   * @returns its entry, which the caller may change
   */
  add(key: string, wallMs: number, describe: () => Kind): Kind & Seen {
    let entry = this.#entries.get(key);
    if (entry === undefined || entry !== this.#newest) {
      // Moves the key to the end. Not for the newest: most sites have one origin, and a map that is written to grows anew.
      if (entry !== undefined) this.#entries.delete(key);
      else if (this.#entries.size >= this.#maxKeys) this.#forgetOldest();
      entry ??= { ...describe(), count: 0, lastMs: wallMs };
      this.#entries.set(key, entry);
      this.#newest = entry;
    }
    entry.count++;
    entry.lastMs = wallMs;
    return entry;
  }

  /** All entries, the one seen last first. */
  get newestFirst(): readonly Readonly<Kind & Seen>[] {
    return [...this.#entries.values()].reverse();
  }

  #forgetOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key);
      return;
    }
  }
}
