import type { Session } from './sessions.js';
import type { Status } from './types.js';

/** Not here; the least of the statuses as the table stores them. */
export const OFFLINE = 0;
/** Here, but has not touched the page lately. */
export const IDLE = 1;
/** Here, and has touched the page lately. */
export const ACTIVE = 2;
/** A status as the table stores it. */
export type StatusCode = typeof OFFLINE | typeof IDLE | typeof ACTIVE;

const STATUS_NAMES: readonly [Status, Status, Status] = ['offline', 'idle', 'active'];

/** The public name of a stored status. */
export const statusName = (code: StatusCode): Status => STATUS_NAMES[code];

/** Mark: the status may be another than at the last flush, which clears the marks. */
export const CHANGED = 1;
/** Mark: the info is new since the last flush. */
export const INFO_CHANGED = 2;

/** What only some entries have, so that a plain visitor does not pay for it. */
export interface Extra {
  /** The open pages, once one of them had a name; until then the entry itself stands for a single nameless one. */
  sessions: Session[] | undefined;
  /** Of a visitor's site entry: its entries in rooms. */
  memberships: number[];
  /** Of a visitor's site entry: canonical JSON text. */
  info: string | undefined;
}

const FIRST_CAPACITY = 1024;

/**
 * The table of who is where: one entry per visitor on the site and one per visitor in a room, addressed by slot. `S` is the
 * site or room that an entry belongs to; the table only stores it.
 *
 * Columns of numbers instead of objects: a hit writes a few numbers and allocates nothing, and the garbage collector
 * has one array to look at instead of a hundred thousand objects. A freed slot is used again.
 */
export class Entries<S extends object = object> {
  lastSeenMs = new Float64Array(FIRST_CAPACITY);
  lastActivityMs = new Float64Array(FIRST_CAPACITY);
  /** The first moment the entry is offline, unless heard of before. */
  endsAtMs = new Float64Array(FIRST_CAPACITY);
  /** A StatusCode: true as of the last advance. */
  status = new Uint8Array(FIRST_CAPACITY);
  /** The StatusCode of the last flush, which is what followers of changes believe. */
  announced = new Uint8Array(FIRST_CAPACITY);
  /** CHANGED and INFO_CHANGED. */
  marks = new Uint8Array(FIRST_CAPACITY);
  /** 1 while the entry stands in its scope's sorted order. */
  ordered = new Uint8Array(FIRST_CAPACITY);
  /** How many times any status changed. A scope that is emptied, forgotten and made again never repeats a version. */
  changes = 0;
  readonly uid: string[] = [];
  readonly scope: (S | undefined)[] = [];
  readonly extra: (Extra | undefined)[] = [];
  readonly #free: number[] = [];
  #used = 0;

  get capacity(): number {
    return this.status.length;
  }

  /** A slot for a visitor in a scope, offline and unannounced. Its numbers are zero. May grow the table. */
  allocate(uid: string, scope: S): number {
    const slot = this.#free.pop() ?? this.#used++;
    if (slot >= this.capacity) this.#grow(this.capacity * 2);
    this.uid[slot] = uid;
    this.scope[slot] = scope;
    this.extra[slot] = undefined;
    return slot;
  }

  /** Gives the slot back. Whoever still holds its number must be told by `scope[slot]` being undefined or another. */
  free(slot: number): void {
    this.uid[slot] = '';
    this.scope[slot] = undefined;
    this.extra[slot] = undefined;
    this.status[slot] = OFFLINE;
    this.announced[slot] = OFFLINE;
    this.marks[slot] = 0;
    this.ordered[slot] = 0;
    this.#free.push(slot);
  }

  statusOf(slot: number): StatusCode {
    return this.status[slot] as StatusCode;
  }

  /** The slot's extra columns, made when first needed. */
  extraOf(slot: number): Extra {
    let extra = this.extra[slot];
    if (extra === undefined) {
      extra = { sessions: undefined, memberships: [], info: undefined };
      this.extra[slot] = extra;
    }
    return extra;
  }

  #grow(capacity: number): void {
    const larger = <T extends Float64Array | Uint8Array>(array: T, copy: T): T => {
      copy.set(array);
      return copy;
    };
    this.lastSeenMs = larger(this.lastSeenMs, new Float64Array(capacity));
    this.lastActivityMs = larger(this.lastActivityMs, new Float64Array(capacity));
    this.endsAtMs = larger(this.endsAtMs, new Float64Array(capacity));
    this.status = larger(this.status, new Uint8Array(capacity));
    this.announced = larger(this.announced, new Uint8Array(capacity));
    this.marks = larger(this.marks, new Uint8Array(capacity));
    this.ordered = larger(this.ordered, new Uint8Array(capacity));
  }
}
