import type { Timers } from '../runtime/timers.js';

/** Waits that can be cut short; one at a time. */
export class Pause {
  readonly #timers: Timers;
  #end = () => {};

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Resolves after so long, or when `end` is called before. */
  wait(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#timers.after(durationMs, resolve);
      this.#end = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Ends the wait under way, if there is one. */
  end(): void {
    this.#end();
  }
}
