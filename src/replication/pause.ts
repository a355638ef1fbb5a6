import type { Timers } from '../runtime/timers.js';

/** A wait that can be ended early. One at a time. */
export class Pause {
  readonly #timers: Timers;
  #end = () => {};

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Resolves after `durationMs`, or when `end` is called. */
  wait(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#timers.after(durationMs, resolve);
      this.#end = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Ends the present wait, if there is one. */
  end(): void {
    this.#end();
  }
}
