import type { Clock } from './clock.js';
import type { Log } from './log.js';
import type { Timers } from './timers.js';

/** What running parts needs. */
export interface PartsDependencies {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** A part of periodic work. One that may take long is a generator, and yields between its steps. */
export type Part = () => undefined | Iterable<void>;

/** A turn of the event loop costs as much as a small step, so short steps share one. */
const LONG_STEPS_MS = 2;

/**
 * Runs all parts in their order, even when one of them fails. Whenever steps have taken long, such as when all visitors
 * change at once, it lets pending requests run first.
 *
 * @param onDone called after the last part with the time that the parts took together
 */
export function runParts(
  parts: readonly Part[],
  { clock, timers, log }: PartsDependencies,
  onDone: (durationMs: number) => void,
): void {
  const steps = stepsOf(parts, log);
  function run(previousMs: number): void {
    const beganMs = clock.nowMs();
    let [isDone, durationMs] = [false, 0];
    while (!isDone && durationMs < LONG_STEPS_MS) {
      isDone = steps.next().done === true;
      durationMs = clock.nowMs() - beganMs;
    }
    const totalMs = previousMs + durationMs;
    if (isDone) onDone(totalMs);
    else timers.soon(() => run(totalMs));
  }
  run(0);
}

function* stepsOf(parts: readonly Part[], log: Log): Generator<void> {
  for (const [index, part] of parts.entries()) {
    if (index > 0) yield;
    try {
      const steps = part();
      if (steps !== undefined) yield* steps;
    } catch (error) {
      log.error('A part of periodic work failed; the others go on.', { error });
    }
  }
}

/** Takes all steps at once. @returns what the generator returns */
export function finish<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
