import type { Operation } from './visitor-state.js';

/**
 * What is to be told to the others and has not been yet. Of the heartbeats of one page in one room the last one says it
 * all, so that even a long wait takes no more room than there are pages; and there is a bound to that too.
 */
export class Outbox {
  readonly #maxOperations: number;
  #waiting = new Map<string, Operation>();
  /** How many were given up because there was no room. */
  dropped = 0;

  constructor(maxOperations: number) {
    this.#maxOperations = maxOperations;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Adds an operation. Without effect when a later one of the same page waits. */
  add(operation: Operation): void {
    const key = keyOf(operation);
    const known = this.#waiting.get(key);
    if (known !== undefined) {
      if (known.atMs > operation.atMs) return;
      this.#waiting.delete(key);
    } else if (this.#waiting.size >= this.#maxOperations) {
      for (const [oldest] of this.#waiting) {
        this.#waiting.delete(oldest);
        break;
      }
      this.dropped++;
    }
    this.#waiting.set(key, operation);
  }

  /** Takes out everything, in the order in which it was added. */
  takeAll(): Operation[] {
    const operations = [...this.#waiting.values()];
    this.#waiting = new Map();
    return operations;
  }

  /** Puts back what was taken out and could not be told. */
  putBack(operations: readonly Operation[]): void {
    const later = this.takeAll();
    for (const operation of [...operations, ...later]) this.add(operation);
  }
}

/** Names hold no control characters, so that none of them can pass for a separator. */
const keyOf = ({ kind, uid, session = '', room = '' }: Operation): string => `${kind}\0${uid}\0${session}\0${room}`;
