import type { Log } from './log.js';

/** The only source of things that happen by themselves. No kind keeps the process alive. */
export interface Timers {
  /** Calls back again and again. @returns what stops it */
  every(intervalMs: number, callback: () => void): () => void;
  /** Calls back once. @returns what calls it off */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls back once, after what has come in meanwhile has had its turn. */
  soon(callback: () => void): void;
}

/** The machine's timers. A callback that throws is logged: uncaught, it would end the process and every stream with it. */
export function systemTimers(log: Log): Timers {
  const guarded = (callback: () => void) => () => {
    try {
      callback();
    } catch (error) {
      log.error('A timer failed; it goes on.', { error });
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
      // Not unref'd, as the others are: the loop would sleep over it until something else wakes it.
      setImmediate(guarded(callback));
    },
  };
}
