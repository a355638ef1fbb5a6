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

/**
 * What is called at each interval: does all the parts, the others too when one of them fails, and measures itself. Between
 * two parts, requests that have come in have their turn: with everybody changing at once, each part takes a while.
 */
export function createTick({ parts, intervalMs, clock, timers, log, observe }: TickOptions): () => void {
  let dueMs = clock.nowMs() + intervalMs;
  let isRunning = false;

  function run(index: number, lateMs: number, tookMs: number): void {
    const beganMs = clock.nowMs();
    try {
      parts[index]?.();
    } catch (error) {
      log.error('A part of a tick failed; the others go on.', { error });
    }
    const soFarMs = tookMs + clock.nowMs() - beganMs;
    if (index + 1 < parts.length) {
      timers.soon(() => run(index + 1, lateMs, soFarMs));
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
