/** How many streams may be open. */
export interface AdmissionLimits {
  readonly maxStreams: number;
  /** 0 for no limit. */
  readonly maxStreamsPerAddress: number;
}

/** A stream with a place. */
export interface Place<T> {
  readonly stream: T;
  readonly address: string;
}

/** A living watcher is not rotated more often than this. */
const ROTATION_MS = 10_000;

/**
 * Decides whether a new stream gets a place, and which one ends for it.
 *
 * An open stream proves nothing: over HTTP/1.1, Cloud Run does not tell the container that a client has disconnected. So when
 * all places are taken, the oldest stream ends for the new one. A living watcher reconnects within a second or two and gets
 * a place again, a dead one does not; after one round, living watchers hold all places. The same goes for the streams of
 * one address.
 *
 * Each round takes at least 10 s, so that a storm of connects cannot rotate living watchers faster: beyond, new streams wait.
 */
export class Admission<T> {
  readonly #limits: AdmissionLimits;
  readonly #all: Group<T>;
  /** Only addresses with open streams. */
  readonly #byAddress = new Map<string, Group<T>>();

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
    this.#all = new Group(limits.maxStreams);
  }

  /** How many streams have a place. */
  get count(): number {
    return this.#all.places.size;
  }

  /** The share of places that are taken once another stream has entered, up to 1. */
  get nextLoad(): number {
    return Math.min(1, (this.count + 1) / this.#limits.maxStreams);
  }

  /** Whether a new stream of an address would get a place now. */
  isPossible(address: string, nowMs: number): boolean {
    const group = this.#fullGroup(address);
    return group === undefined || group.mayRotate(nowMs);
  }

  /**
   * Gives a new stream a place. Only when `isPossible`.
   *
   * @returns the place, and the stream that must end for it
   */
  enter(stream: T, address: string, nowMs: number): { readonly place: Place<T>; readonly evicted: T | undefined } {
    const evicted = this.#fullGroup(address)?.rotate(nowMs);
    const place = { stream, address };
    if (this.#limits.maxStreamsPerAddress > 0) {
      // Before the evicted stream leaves, which may drop the group of the address, and with it when it was last rotated.
      const group = this.#byAddress.get(address) ?? new Group(this.#limits.maxStreamsPerAddress);
      group.places.add(place);
      this.#byAddress.set(address, group);
    }
    this.#all.places.add(place);
    if (evicted !== undefined) this.leave(evicted);
    return { place, evicted: evicted?.stream };
  }

  /** Gives a place back. No effect when the stream has been evicted, or has left before. */
  leave(place: Place<T>): void {
    this.#all.places.delete(place);
    const group = this.#byAddress.get(place.address);
    group?.places.delete(place);
    if (group?.places.size === 0) this.#byAddress.delete(place.address);
  }

  /** The address first: when its oldest stream ends, there is room among all streams too. */
  #fullGroup(address: string): Group<T> | undefined {
    return [this.#byAddress.get(address), this.#all].find((group) => group?.isFull);
  }
}

/** Streams that share a limit. */
class Group<T> {
  /** Oldest first. */
  readonly places = new Set<Place<T>>();
  readonly #limit: number;
  /** When streams ended for new ones, oldest first; no more than the limit. */
  readonly #rotationsMs: number[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.places.size >= this.#limit;
  }

  /** A stream that has just been opened ends after as many rotations as there are places: these must span 10 s. */
  mayRotate(nowMs: number): boolean {
    while (this.#rotationsMs.length > 0 && this.#rotationsMs[0]! <= nowMs - ROTATION_MS) this.#rotationsMs.shift();
    return this.#rotationsMs.length < this.#limit;
  }

  rotate(nowMs: number): Place<T> {
    this.#rotationsMs.push(nowMs);
    return this.places.values().next().value!;
  }
}
