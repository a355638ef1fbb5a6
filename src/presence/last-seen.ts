import type { PresenceSettings } from '../config/settings.js';

type Bounds = Pick<PresenceSettings, 'lastSeenKeptMs' | 'maxLastSeen'>;

/** When a visitor who is offline was last here. */
export interface LastSeen {
  /** When the last heartbeat arrived. */
  readonly lastSeenMs: number;
  /** When the person last touched a page. */
  readonly lastActivityMs: number;
}

const INITIAL_CAPACITY = 64;

/**
 * Remembers when visitors were last here, about a hundred bytes each: the numbers are columns of typed arrays, as in
 * `Entries`. Pure.
 */
export class LastSeenMemory {
  readonly #settings: Bounds;
  /** Slots by uid, in the order in which visitors went offline. */
  readonly #slots = new Map<string, number>();
  readonly #free: number[] = [];
  #lastSeenMs = new Float64Array(INITIAL_CAPACITY);
  #lastActivityMs = new Float64Array(INITIAL_CAPACITY);

  /** As `Presence.onLastSeen`. */
  report: (uid: string, seen: LastSeen | undefined) => void = () => {};

  constructor(settings: Bounds) {
    this.#settings = settings;
  }

  /** How many visitors are remembered. */
  get size(): number {
    return this.#slots.size;
  }

  /** Remembers a visitor who goes offline. */
  remember(uid: string, { lastSeenMs, lastActivityMs }: LastSeen): void {
    this.#put(uid, { lastSeenMs, lastActivityMs });
    if (this.#slots.has(uid)) this.report(uid, { lastSeenMs, lastActivityMs });
  }

  /** Remembers a visitor as somebody else has done. No effect when that is longer ago than what is known. */
  restore(uid: string, seen: LastSeen, nowMs: number): void {
    const known = this.read(uid, nowMs);
    if (known === undefined || known.lastSeenMs < seen.lastSeenMs) this.#put(uid, seen);
  }

  /** Forgets a visitor for good. */
  erase(uid: string): void {
    this.forget(uid);
    this.report(uid, undefined);
  }

  #put(uid: string, { lastSeenMs, lastActivityMs }: LastSeen): void {
    const { lastSeenKeptMs, maxLastSeen } = this.#settings;
    this.forget(uid);
    if (lastSeenKeptMs === 0 || maxLastSeen === 0) return;
    if (this.#slots.size >= maxLastSeen) this.forget(this.#slots.keys().next().value!);
    const slot = this.#free.pop() ?? this.#slots.size;
    if (slot >= this.#lastSeenMs.length) this.#grow();
    this.#lastSeenMs[slot] = lastSeenMs;
    this.#lastActivityMs[slot] = lastActivityMs;
    this.#slots.set(uid, slot);
  }

  /** No effect for a visitor who is not remembered. */
  forget(uid: string): void {
    const slot = this.#slots.get(uid);
    if (slot === undefined) return;
    this.#slots.delete(uid);
    this.#free.push(slot);
  }

  /** When the visitor was last here; undefined when that is not remembered. */
  read(uid: string, nowMs: number): LastSeen | undefined {
    const slot = this.#slots.get(uid);
    if (slot === undefined || this.#hasExpired(slot, nowMs)) return undefined;
    return this.#at(slot);
  }

  /** Frees the memory of those who were seen too long ago. Costs what it frees. */
  prune(nowMs: number): void {
    for (const [uid, slot] of this.#slots) {
      if (!this.#hasExpired(slot, nowMs)) return;
      this.forget(uid);
    }
  }

  /** Everybody who is remembered, in the order in which they went offline. */
  *entries(): Generator<readonly [uid: string, seen: LastSeen]> {
    for (const [uid, slot] of this.#slots) yield [uid, this.#at(slot)];
  }

  #at(slot: number): LastSeen {
    return { lastSeenMs: this.#lastSeenMs[slot]!, lastActivityMs: this.#lastActivityMs[slot]! };
  }

  #hasExpired(slot: number, nowMs: number): boolean {
    return this.#lastSeenMs[slot]! + this.#settings.lastSeenKeptMs < nowMs;
  }

  #grow(): void {
    const larger = (array: Float64Array<ArrayBuffer>) => {
      const copy = new Float64Array(2 * array.length);
      copy.set(array);
      return copy;
    };
    this.#lastSeenMs = larger(this.#lastSeenMs);
    this.#lastActivityMs = larger(this.#lastActivityMs);
  }
}
