/** What sharing presence has cost and brought since the start, in plain numbers. */
export class ReplicationCounters {
  /** How often the log was found whole and followed; each beyond the first is a reconnection. */
  connections = 0;
  /** Operations told to the others, and heard from them. */
  published = 0;
  received = 0;
  /** Operations heard for which there was no room. */
  refused = 0;
  /** Entries and operations that could not be read. */
  unreadable = 0;
  #observe: (lagMs: number) => void = () => {};

  /** Calls back with how old each operation was when it was heard. */
  onLag(observe: (lagMs: number) => void): void {
    this.#observe = observe;
  }

  /** Takes note of how old an operation was when it was heard. */
  observeLag(lagMs: number): void {
    this.#observe(lagMs);
  }
}
