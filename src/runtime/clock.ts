/** The source of time for everything but the log. */
export interface Clock {
  /** Monotonic time, in whole milliseconds since some fixed moment. For durations. */
  nowMs(): number;
  /** Wall-clock time, in milliseconds since the Unix epoch. May be set back. For timestamps that users see or send. */
  wallMs(): number;
}

/** The clocks of the machine. */
export const systemClock: Clock = {
  nowMs: () => Math.floor(performance.now()),
  wallMs: () => Date.now(),
};
