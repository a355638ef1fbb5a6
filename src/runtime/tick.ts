import type { Clock } from './clock.js';
import type { Log } from './log.js';
import type { Timers } from './timers.js';

/** What a tick consists of. */
export interface TickOptions {
  /** What a tick does, in this order. */
  readonly parts: readonly (() => void)[];
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Told how long the parts of each tick took together, and how much later than due it began. */
  readonly observe: (durationMs: number, lateMs: number) => void;
}

/** What takes less is not worth a turn of its own: each costs as much as a small tick does. */
const LONG_MS = 2;

/**
 * What is called at each interval: does all the parts, the others too when one of them fails, and measures itself. After
 * parts that have taken a while, as with everybody changing at once, requests that have come in have their turn.
 */
export function createTick({ parts, intervalMs, clock, timers, log, observe }: TickOptions): () => void {
  let dueMs = clock.nowMs() + intervalMs;
  let isRunning = false;

  function run(first: number, lateMs: number, tookMs: number): void {
    const beganMs = clock.nowMs();
    let [next, durationMs] = [first, 0];
    while (next < parts.length && durationMs < LONG_MS) {
      try {
        parts[next++]!();
      } catch (error) {
        log.error('A part of a tick failed; the others go on.', { error });
      }
      durationMs = clock.nowMs() - beganMs;
    }
    const soFarMs = tookMs + durationMs;
    if (next < parts.length) {
      timers.soon(() => run(next, lateMs, soFarMs));
    } else {
      isRunning = false;
      observe(soFarMs, lateMs);
    }
  }

  return () => {
    const beganMs = clock.nowMs();
    const lateMs = beganMs - dueMs;
    dueMs = beganMs + intervalMs;
    if (isRunning) return;
    isRunning = true;
    run(0, lateMs, 0);
  };
}
