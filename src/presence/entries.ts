import type { Place } from './rules.js';
import type { Session } from './sessions.js';
import { OFFLINE, type StatusCode } from './status.js';

/** Mark: the status may differ from that of the last flush. */
export const STATUS_CHANGED = 1;
/** Mark: the info may differ from that of the last flush. */
export const INFO_CHANGED = 2;
/** Mark: the entry went offline, and waits for entries that have to be flushed before it. */
export const POSTPONED = 4;

/** What only some entries have, so that a plain visitor does not pay for it. */
export interface Extra {
  /** As in `Place`. */
  sessions: Session[] | undefined;
  /** Only of a site entry: the slots of the visitor's entries in rooms. */
  memberships: number[];
  /** Only of a site entry: canonical JSON text. */
  info: string | undefined;
  /** The info at the last flush; only while the entry has the mark INFO_CHANGED. */
  flushedInfo: string | undefined;
}

const INITIAL_CAPACITY = 1024;

/**
 * The table of places: one entry per visitor on the site and one per visitor in a room, addressed by slot. `S` is the
 * site or room that an entry belongs to; the table only stores it.
 *
 * The numbers are columns of typed arrays: a heartbeat writes a few of them and allocates nothing, and the garbage
 * collector sees one array instead of a hundred thousand objects. Freed slots are used again.
 */
export class Entries<S extends object = object> {
  lastSeenMs = new Float64Array(INITIAL_CAPACITY);
  lastActivityMs = new Float64Array(INITIAL_CAPACITY);
  endsAtMs = new Float64Array(INITIAL_CAPACITY);
  /** Only of a site entry: when the visitor last came online. */
  onlineSinceMs = new Float64Array(INITIAL_CAPACITY);
  /** A StatusCode as others see it, as of the last advance or change: OFFLINE for an invisible visitor. */
  status = new Uint8Array(INITIAL_CAPACITY);
  /** The StatusCode at the last flush. */
  flushedStatus = new Uint8Array(INITIAL_CAPACITY);
  /** 1 for an invisible visitor, in all of its entries. */
  invisible = new Uint8Array(INITIAL_CAPACITY);
  /** STATUS_CHANGED, INFO_CHANGED and POSTPONED; cleared by a flush. */
  marks = new Uint8Array(INITIAL_CAPACITY);
  /** 1 while the entry is in its scope's sorted list. */
  sorted = new Uint8Array(INITIAL_CAPACITY);
  /** Counts the status changes of all scopes, which take their versions from it: a room that is added again has new ones. */
  changes = 0;
  readonly uid: string[] = [];
  readonly scope: (S | undefined)[] = [];
  readonly extra: (Extra | undefined)[] = [];
  readonly #cursor = new PlaceCursor(this);
  readonly #free: number[] = [];
  #used = 0;

  get capacity(): number {
    return this.status.length;
  }

  /** A slot for a visitor in a scope, whose place has ended and whose status is offline. May grow the table. */
  allocate(uid: string, scope: S): number {
    const slot = this.#free.pop() ?? this.#used++;
    if (slot >= this.capacity) this.#grow(this.capacity * 2);
    this.uid[slot] = uid;
    this.scope[slot] = scope;
    this.extra[slot] = undefined;
    this.endsAtMs[slot] = Number.NEGATIVE_INFINITY;
    return slot;
  }

  /** Frees a slot. Whoever still holds its number finds another scope in `scope[slot]`, or none. */
  free(slot: number): void {
    this.uid[slot] = '';
    this.scope[slot] = undefined;
    this.extra[slot] = undefined;
    this.status[slot] = OFFLINE;
    this.flushedStatus[slot] = OFFLINE;
    this.invisible[slot] = 0;
    this.marks[slot] = 0;
    this.sorted[slot] = 0;
    this.#free.push(slot);
  }

  /**
   * The slot as a place, for reading and writing.
   *
   * All calls return the same object, so that a heartbeat allocates nothing: it is valid until the next call.
   */
  placeAt(slot: number): Place {
    this.#cursor.slot = slot;
    return this.#cursor;
  }

  statusOf(slot: number): StatusCode {
    return this.status[slot] as StatusCode;
  }

  /** The slot's extra columns, created when first needed. */
  extraOf(slot: number): Extra {
    let extra = this.extra[slot];
    if (extra === undefined) {
      extra = { sessions: undefined, memberships: [], info: undefined, flushedInfo: undefined };
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
    this.onlineSinceMs = larger(this.onlineSinceMs, new Float64Array(capacity));
    this.status = larger(this.status, new Uint8Array(capacity));
    this.flushedStatus = larger(this.flushedStatus, new Uint8Array(capacity));
    this.invisible = larger(this.invisible, new Uint8Array(capacity));
    this.marks = larger(this.marks, new Uint8Array(capacity));
    this.sorted = larger(this.sorted, new Uint8Array(capacity));
  }
}

/** A view of one slot's columns as a place. */
class PlaceCursor implements Place {
  slot = 0;
  readonly #entries: Entries;

  constructor(entries: Entries) {
    this.#entries = entries;
  }

  get lastSeenMs(): number {
    return this.#entries.lastSeenMs[this.slot]!;
  }

  set lastSeenMs(ms: number) {
    this.#entries.lastSeenMs[this.slot] = ms;
  }

  get lastActivityMs(): number {
    return this.#entries.lastActivityMs[this.slot]!;
  }

  set lastActivityMs(ms: number) {
    this.#entries.lastActivityMs[this.slot] = ms;
  }

  get endsAtMs(): number {
    return this.#entries.endsAtMs[this.slot]!;
  }

  set endsAtMs(ms: number) {
    this.#entries.endsAtMs[this.slot] = ms;
  }

  get sessions(): Session[] | undefined {
    return this.#entries.extra[this.slot]?.sessions;
  }

  set sessions(sessions: Session[] | undefined) {
    if (sessions !== undefined || this.#entries.extra[this.slot] !== undefined) {
      this.#entries.extraOf(this.slot).sessions = sessions;
    }
  }
}
