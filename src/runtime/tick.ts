import type { Clock } from './clock.js';
import type { Log } from './log.js';
import type { Timers } from './timers.js';

/** What a tick does, and with what. */
export interface TickOptions {
  /** The parts of a tick, in their order. */
  readonly parts: readonly (() => void)[];
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Called after each tick with the time that its parts took together, and how much later than due it began. */
  readonly observe: (durationMs: number, delayMs: number) => void;
}

/** A turn of the event loop costs as much as a small tick, so shorter parts share one. */
const LONG_PART_MS = 2;

/**
 * Creates the function to call at each interval. It runs all parts, even when one of them fails, and measures itself. After
 * parts that take long, such as when all visitors change at once, it lets pending requests run first.
 */
export function createTick({ parts, intervalMs, clock, timers, log, observe }: TickOptions): () => void {
  let dueMs = clock.nowMs() + intervalMs;
  let isRunning = false;

  function run(first: number, delayMs: number, previousMs: number): void {
    const beganMs = clock.nowMs();
    let [next, durationMs] = [first, 0];
    while (next < parts.length && durationMs < LONG_PART_MS) {
      try {
        parts[next++]!();
      } catch (error) {
        log.error('A part of a tick failed; the others go on.', { error });
      }
      durationMs = clock.nowMs() - beganMs;
    }
    const totalMs = previousMs + durationMs;
    if (next < parts.length) {
      timers.soon(() => run(next, delayMs, totalMs));
    } else {
      isRunning = false;
      observe(totalMs, delayMs);
    }
  }

  return () => {
    const beganMs = clock.nowMs();
    const delayMs = beganMs - dueMs;
    dueMs = beganMs + intervalMs;
    if (isRunning) return;
    isRunning = true;
    run(0, delayMs, 0);
  };
}
