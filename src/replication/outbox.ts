import type { Operation } from './operations.js';

/**
 * Operations of this instance that are not published yet. Of the heartbeats of one page in one room only the last is
 * kept, so that a long wait needs no more memory than there are pages; beyond the limit the oldest is dropped.
 */
export class Outbox {
  readonly #maxOperations: number;
  #operations = new Map<string, Operation>();
  /** How many operations were dropped because the outbox was full. */
  dropped = 0;

  constructor(maxOperations: number) {
    this.#maxOperations = maxOperations;
  }

  get size(): number {
    return this.#operations.size;
  }

  /** Adds an operation. No effect when a later one of the same page is waiting. */
  add(operation: Operation): void {
    const key = keyOf(operation);
    const waiting = this.#operations.get(key);
    if (waiting !== undefined) {
      if (waiting.atMs > operation.atMs) return;
      this.#operations.delete(key);
    } else if (this.#operations.size >= this.#maxOperations) {
      for (const [oldest] of this.#operations) {
        this.#operations.delete(oldest);
        break;
      }
      this.dropped++;
    }
    this.#operations.set(key, operation);
  }

  /** Removes and returns all operations, in the order in which they were added. */
  takeAll(): Operation[] {
    const operations = [...this.#operations.values()];
    this.#operations = new Map();
    return operations;
  }

  /** Puts operations back that could not be published, before those that were added meanwhile. */
  putBack(operations: readonly Operation[]): void {
    const later = this.takeAll();
    for (const operation of [...operations, ...later]) this.add(operation);
  }
}

/** Names hold no control characters, so the separator is unambiguous. */
function keyOf(operation: Operation): string {
  const { kind, uid } = operation;
  const { session = '', room = '' } = operation.kind === 'erase' ? {} : operation;
  return `${kind}\0${uid}\0${session}\0${room}`;
}
