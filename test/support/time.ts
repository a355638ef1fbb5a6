import type { Clock } from '../../src/runtime/clock.js';
import type { Timers } from '../../src/runtime/timers.js';

interface Due {
  atMs: number;
  readonly everyMs: number | undefined;
  readonly callback: () => void;
}

/** Time that passes only by `pass`. Both clocks and all timers follow it. */
export class FakeTime implements Clock, Timers {
  #nowMs = 1_000_000;
  #wallOffsetMs = 1_800_000_000_000;
  readonly #due = new Set<Due>();

  readonly nowMs = (): number => this.#nowMs;
  readonly wallMs = (): number => this.#nowMs + this.#wallOffsetMs;

  /** The wall clock in Unix seconds, with fractions. */
  seconds(): number {
    return this.wallMs() / 1000;
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#due.size;
  }

  /** Sets the wall clock forward or back, as an administrator or time server would. */
  setWallClockOff(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  every(intervalMs: number, callback: () => void): () => void {
    return this.#add({ atMs: this.#nowMs + intervalMs, everyMs: intervalMs, callback });
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.#add({ atMs: this.#nowMs + delayMs, everyMs: undefined, callback });
  }

  soon(callback: () => void): void {
    this.after(0, callback);
  }

  /** Lets time pass, and calls the timers that are due on the way, in their order. */
  pass(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      if (next.everyMs === undefined) this.#due.delete(next);
      else next.atMs = this.#nowMs + next.everyMs;
      next.callback();
    }
    this.#nowMs = endMs;
  }

  /** Lets time pass in which the process does not run. The timers that were due are late, and call back at the next `pass`. */
  stop(durationMs: number): void {
    this.#nowMs += durationMs;
  }

  #next(untilMs: number): Due | undefined {
    let first: Due | undefined;
    for (const due of this.#due) {
      if (due.atMs <= untilMs && (first === undefined || due.atMs < first.atMs)) first = due;
    }
    return first;
  }

  #add(due: Due): () => void {
    this.#due.add(due);
    return () => this.#due.delete(due);
  }
}
