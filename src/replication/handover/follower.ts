import type { Operation } from '../operations.js';

/** Bounds what waits for a follower that does not read. */
const MAX_OPERATIONS = 20_000;

/** One process that takes over, and the operations that wait for it. */
export class Follower {
  readonly #follows: boolean;
  #operations: Operation[] = [];
  #wake: () => void = () => {};
  #isEnded = false;

  /** @param follows whether it takes operations at all */
  constructor(follows: boolean) {
    this.#follows = follows;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** @returns false when too many wait */
  add(operation: Operation): boolean {
    if (!this.#follows) return true;
    this.#operations.push(operation);
    this.#wake();
    return this.#operations.length <= MAX_OPERATIONS;
  }

  /** Everything that waits, as soon as there is something; undefined once nothing waits and nothing will. */
  async take(): Promise<readonly Operation[] | undefined> {
    while (this.#operations.length === 0) {
      if (this.#isEnded || !this.#follows) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#operations;
    this.#operations = [];
    return taken;
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }
}
