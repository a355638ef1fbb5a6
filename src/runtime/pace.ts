import { type Part, type PartsDependencies, runParts } from './parts.js';

/** What is paced, and how often it may run. */
export interface PaceOptions extends PartsDependencies {
  /** The parts of a run, in their order. */
  readonly parts: readonly Part[];
  /** Whether there is something to do: asked after each run. */
  readonly isDue: () => boolean;
  /** The shortest time from the beginning of one run to that of the next. */
  readonly intervalMs: number;
  /** The longest time to which the interval stretches when runs take long. */
  readonly maxIntervalMs: number;
  /** Called after each run with the time that its parts took together. */
  readonly observe: (durationMs: number) => void;
}

/** Runs take at most a fifth of the time, unless the longest interval is reached. */
const INTERVALS_PER_DURATION = 5;
/** The share of the last run in the average: a single long one, as during garbage collection, hardly stretches the interval. */
const LAST_SHARE = 0.25;

/**
 * Creates the function to call when there is something to do. The first call after a quiet time starts a run as soon as
 * pending input has been handled; what follows is gathered for one run at the end of the interval. No timer is set while
 * there is nothing to do.
 */
export function createPace(options: PaceOptions): () => void {
  const { parts, isDue, intervalMs, maxIntervalMs, observe, ...dependencies } = options;
  const { clock, timers } = dependencies;
  let isBusy = false;
  let averageMs = 0;
  let notBeforeMs = Number.NEGATIVE_INFINITY;

  function schedule(): void {
    const waitMs = notBeforeMs - clock.nowMs();
    if (waitMs > 0) timers.after(waitMs, run);
    else timers.soon(run);
  }

  function run(): void {
    const beganMs = clock.nowMs();
    runParts(parts, dependencies, (durationMs) => {
      averageMs += LAST_SHARE * (durationMs - averageMs);
      const stretchedMs = Math.min(INTERVALS_PER_DURATION * averageMs, maxIntervalMs);
      notBeforeMs = beganMs + Math.max(intervalMs, stretchedMs);
      isBusy = isDue();
      if (isBusy) schedule();
      observe(durationMs);
    });
  }

  return () => {
    if (isBusy) return;
    isBusy = true;
    schedule();
  };
}
