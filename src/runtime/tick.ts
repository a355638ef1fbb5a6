import { type Part, type PartsDependencies, runParts } from './parts.js';

/** What a tick does, and with what. */
export interface TickOptions extends PartsDependencies {
  /** The parts of a tick, in their order. */
  readonly parts: readonly Part[];
  readonly intervalMs: number;
  /** Called after each tick with the time that its parts took together, and how much later than due it began. */
  readonly observe: (durationMs: number, delayMs: number) => void;
}

/** Creates the function to call at each interval: it runs all parts, and measures itself. */
export function createTick({ parts, intervalMs, observe, ...dependencies }: TickOptions): () => void {
  const { clock } = dependencies;
  let dueMs = clock.nowMs() + intervalMs;
  let isRunning = false;
  return () => {
    const beganMs = clock.nowMs();
    const delayMs = beganMs - dueMs;
    dueMs = beganMs + intervalMs;
    if (isRunning) return;
    isRunning = true;
    runParts(parts, dependencies, (durationMs) => {
      isRunning = false;
      observe(durationMs, delayMs);
    });
  };
}
