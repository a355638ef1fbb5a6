import { copied, INITIAL_CAPACITY, nextCapacity } from './columns.js';
import type { CarriedState, Operation } from './operations.js';

/** In place of a row: there is none. */
export const NONE = -1;

/** The columns of `#numbers`. Those of one row are neighbours, as they are read together. */
const AT = 0;
const NUMBER = 1;
const ACTIVITY = 2;
const ONLINE_SINCE = 3;
const NUMBERS = 4;

/** What only some operations have. Undefined for a heartbeat that says no more than who is here. */
interface Details {
  readonly kind: Operation['kind'];
  readonly session: string | undefined;
  readonly room: string | undefined;
  readonly info: string | undefined;
  readonly invisible: boolean | undefined;
  readonly carried: CarriedState | undefined;
}

/** Any operation: those that are no heartbeats have zeros and undefined in place of what they lack. */
type Row = { -readonly [Name in keyof Details]: Details[Name] } & {
  origin: string;
  number: number;
  atMs: number;
  uid: string;
  activityMs: number;
  onlineSinceMs: number;
};

/**
 * Operations as rows of typed arrays, in chains, one of each visitor. With an object per operation, the garbage collector
 * would have three million objects to look at for a million visitors. Freed rows are used again.
 */
export class OperationTable {
  #numbers = new Float64Array(INITIAL_CAPACITY * NUMBERS);
  /** The next row of the chain, or of the free rows. */
  #next = new Int32Array(INITIAL_CAPACITY);
  /** Indexes of `#origins`. */
  #origin = new Int32Array(INITIAL_CAPACITY);
  readonly #details: (Details | undefined)[] = [];
  /** Every instance that was ever heard of: a few per deployment, so none is forgotten. */
  readonly #origins: string[] = [];
  readonly #originIndexes = new Map<string, number>();
  #firstFree = NONE;
  #used = 0;
  readonly #row: Row = {
    kind: 'hit',
    origin: '',
    number: 0,
    atMs: 0,
    uid: '',
    session: undefined,
    room: undefined,
    activityMs: 0,
    info: undefined,
    invisible: undefined,
    onlineSinceMs: 0,
    carried: undefined,
  };

  /**
   * Adds an operation, as the last of its chain.
   *
   * @param previous another operation of the visitor, or NONE. What both have in common is kept once.
   */
  add(operation: Operation, previous: number): number {
    const row = this.#allocate();
    const at = row * NUMBERS;
    const isHit = operation.kind === 'hit';
    this.#numbers[at + AT] = operation.atMs;
    this.#numbers[at + NUMBER] = operation.number;
    this.#numbers[at + ACTIVITY] = isHit ? operation.activityMs : 0;
    this.#numbers[at + ONLINE_SINCE] = isHit ? operation.onlineSinceMs : 0;
    this.#origin[row] = this.#originIndex(operation.origin);
    this.#next[row] = NONE;
    this.#details[row] = detailsOf(operation, previous === NONE ? undefined : this.#details[previous]);
    return row;
  }

  /** Frees a row. @returns the next one of its chain */
  free(row: number): number {
    const next = this.#next[row]!;
    this.#details[row] = undefined;
    this.#next[row] = this.#firstFree;
    this.#firstFree = row;
    return next;
  }

  /** The next row of the chain, or NONE. */
  next(row: number): number {
    return this.#next[row]!;
  }

  link(row: number, next: number): void {
    this.#next[row] = next;
  }

  atMs(row: number): number {
    return this.#numbers[row * NUMBERS + AT]!;
  }

  /**
   * The row as an operation of the visitor.
   *
   * All calls return the same object, so that applying operations allocates nothing: it is valid until the next call.
   */
  read(row: number, uid: string): Operation {
    const each = this.#row;
    const at = row * NUMBERS;
    const details = this.#details[row];
    each.kind = details === undefined ? 'hit' : details.kind;
    each.origin = this.#origins[this.#origin[row]!]!;
    each.number = this.#numbers[at + NUMBER]!;
    each.atMs = this.#numbers[at + AT]!;
    each.uid = uid;
    each.session = details?.session;
    each.room = details?.room;
    each.activityMs = this.#numbers[at + ACTIVITY]!;
    each.info = details?.info;
    each.invisible = details?.invisible;
    each.onlineSinceMs = this.#numbers[at + ONLINE_SINCE]!;
    each.carried = details?.carried;
    return each as Operation;
  }

  #allocate(): number {
    const row = this.#firstFree;
    if (row !== NONE) {
      this.#firstFree = this.#next[row]!;
      return row;
    }
    if (this.#used === this.#next.length) this.#grow(nextCapacity(this.#used));
    return this.#used++;
  }

  #grow(capacity: number): void {
    this.#numbers = copied(this.#numbers, new Float64Array(capacity * NUMBERS));
    this.#next = copied(this.#next, new Int32Array(capacity));
    this.#origin = copied(this.#origin, new Int32Array(capacity));
  }

  #originIndex(origin: string): number {
    let index = this.#originIndexes.get(origin);
    if (index === undefined) {
      index = this.#origins.push(origin) - 1;
      this.#originIndexes.set(origin, index);
    }
    return index;
  }
}

/** @param known details that may be the same, and are then returned */
function detailsOf(operation: Operation, known: Details | undefined): Details | undefined {
  const { kind } = operation;
  const { session, room } = kind === 'erase' ? NOTHING : operation;
  const { info, invisible, carried } = kind === 'hit' ? operation : NOTHING;
  const isPlain = session === undefined && room === undefined && info === undefined;
  if (kind === 'hit' && isPlain && invisible === undefined && carried === undefined) return undefined;
  if (known !== undefined && known.kind === kind && known.session === session && known.room === room) {
    if (known.info === info && known.invisible === invisible && known.carried === undefined && carried === undefined) {
      return known;
    }
  }
  return { kind, session, room, info, invisible, carried };
}

const NOTHING = { session: undefined, room: undefined, info: undefined, invisible: undefined, carried: undefined };
