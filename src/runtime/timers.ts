import type { Log } from './log.js';

/** The source of delayed and repeated calls. None of them keeps the process alive. */
export interface Timers {
  /** Calls back at every interval. @returns a function that stops it */
  every(intervalMs: number, callback: () => void): () => void;
  /** Calls back once. @returns a function that cancels it */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls back once, after pending input has been handled. */
  soon(callback: () => void): void;
}

/** The timers of the machine. A callback that throws is logged; uncaught, it would end the process and every stream. */
export function systemTimers(log: Log): Timers {
  const guarded = (callback: () => void) => () => {
    try {
      callback();
    } catch (error) {
      log.error('A timer callback failed; the timer goes on.', { error });
    }
  };
  return {
    every: (intervalMs, callback) => {
      const timer = setInterval(guarded(callback), intervalMs).unref();
      return () => clearInterval(timer);
    },
    after: (delayMs, callback) => {
      const timer = setTimeout(guarded(callback), delayMs).unref();
      return () => clearTimeout(timer);
    },
    soon: (callback) => {
      // Not unref'd like the others: the event loop would sleep until something else wakes it.
      setImmediate(guarded(callback));
    },
  };
}
