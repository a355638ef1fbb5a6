/** The only source of time. */
export interface Clock {
  /** Whole milliseconds since some fixed moment; never goes back. For durations. */
  nowMs(): number;
  /** Milliseconds since the Unix epoch; may be set back. For timestamps that people see or send. */
  wallMs(): number;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  nowMs: () => Math.floor(performance.now()),
  wallMs: () => Date.now(),
};
