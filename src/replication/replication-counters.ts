/** Counts since the start of the process. */
export class ReplicationCounters {
  /** How often the log was read to its end and followed; all but the first are reconnections. */
  connections = 0;
  /** Operations published to the other instances. */
  published = 0;
  /** Operations received from the other instances. */
  received = 0;
  /** Received operations for which there was no capacity. */
  refused = 0;
  /** Entries and operations that could not be decoded. */
  unreadable = 0;
  #onLag: (lagMs: number) => void = () => {};

  /** Calls `observe` with the age of each operation when it is received, in milliseconds. */
  onLag(observe: (lagMs: number) => void): void {
    this.#onLag = observe;
  }

  /** Records the age of an operation that has just been received. */
  observeLag(lagMs: number): void {
    this.#onLag(lagMs);
  }
}
