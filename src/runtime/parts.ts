import type { Clock } from './clock.js';
import type { Log } from './log.js';
import type { Timers } from './timers.js';

/** What running parts needs. */
export interface PartsDependencies {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** A turn of the event loop costs as much as a small part, so short parts share one. */
const LONG_PART_MS = 2;

/**
 * Runs all parts in their order, even when one of them fails. After parts that take long, such as when all visitors change
 * at once, it lets pending requests run first.
 *
 * @param onDone called after the last part with the time that the parts took together
 */
export function runParts(
  parts: readonly (() => void)[],
  { clock, timers, log }: PartsDependencies,
  onDone: (durationMs: number) => void,
): void {
  function run(first: number, previousMs: number): void {
    const beganMs = clock.nowMs();
    let [next, durationMs] = [first, 0];
    while (next < parts.length && durationMs < LONG_PART_MS) {
      try {
        parts[next++]!();
      } catch (error) {
        log.error('A part of periodic work failed; the others go on.', { error });
      }
      durationMs = clock.nowMs() - beganMs;
    }
    const totalMs = previousMs + durationMs;
    if (next < parts.length) timers.soon(() => run(next, totalMs));
    else onDone(totalMs);
  }
  run(0, 0);
}
