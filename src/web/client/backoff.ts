const FIRST_RETRY_MS = 1000;

/** Counts failures in a row. */
export interface Backoff {
  /** Counts a failure. @returns the delay until the next try, in milliseconds */
  fail(maxDelayMs: number): number;
  /** Ends the row of failures. */
  reset(): void;
  /** How many failures there were in a row. */
  failures(): number;
}

/** Exponential backoff with jitter, since all pages lose the service at the same time. */
export function createBackoff(random: () => number): Backoff {
  let failures = 0;
  return {
    fail(maxDelayMs) {
      failures++;
      return Math.min(maxDelayMs, FIRST_RETRY_MS * 2 ** failures) * (0.5 + random() / 2);
    },
    reset() {
      failures = 0;
    },
    failures: () => failures,
  };
}
