/** Counts since the start of the process. */
export class WebhookCounters {
  /** Events that the receiver has accepted. */
  delivered = 0;
  /** Snapshots that the receiver has accepted, counted by their parts. */
  snapshots = 0;
  /** Attempts that failed. */
  failures = 0;
  #onLag: (lagMs: number) => void = () => {};

  /** Calls `observe` with the age of the oldest event of each message when it is accepted, in milliseconds. */
  onLag(observe: (lagMs: number) => void): void {
    this.#onLag = observe;
  }

  /** Records the age of the oldest event of a message that has just been accepted. */
  observeLag(lagMs: number): void {
    this.#onLag(lagMs);
  }
}
