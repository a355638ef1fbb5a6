import { copied, INITIAL_CAPACITY, nextCapacity } from './columns.js';
import { copyRooms, copySessions, type ReplicatedPlace, type ReplicatedState } from './visitor-state.js';

/** The columns of `#numbers`. Those of one slot are neighbours, as they are read together. */
const LAST_SEEN = 0;
const LAST_ACTIVITY = 1;
const ENDS_AT = 2;
const ENDED_AT = 3;
const INFO_AT = 4;
const ONLINE_SINCE = 5;
const INVISIBLE_AT = 6;
const HIDDEN_UNTIL = 7;
const FORGOTTEN = 8;
const AT = 9;
const NUMBERS = 10;

/** What only some states have, so that a plain visitor does not pay for it. */
interface Extra {
  sessions: ReplicatedPlace['sessions'];
  rooms: ReplicatedState['rooms'];
  info: string | undefined;
  isInvisible: boolean;
}

/** States of visitors by slot, their numbers in a typed array, for the reasons given in `Entries`. */
export class BaseTable {
  #numbers = new Float64Array(INITIAL_CAPACITY * NUMBERS);
  /** A text is the id of the only page, which ends with the visitor's place, as most do. */
  readonly #extra: (Extra | string | undefined)[] = [];

  /** The time up to which the state is known. */
  atMs(slot: number): number {
    return this.#numbers[slot * NUMBERS + AT]!;
  }

  /** Stores a state as of `atMs`. Its sessions and rooms belong to the table from now on. */
  store(slot: number, state: ReplicatedState, atMs: number): void {
    const { site } = state;
    const at = slot * NUMBERS;
    if (at >= this.#numbers.length) this.#grow(nextCapacity(slot));
    const numbers = this.#numbers;
    numbers[at + LAST_SEEN] = site.lastSeenMs;
    numbers[at + LAST_ACTIVITY] = site.lastActivityMs;
    numbers[at + ENDS_AT] = site.endsAtMs;
    numbers[at + ENDED_AT] = site.endedAtMs;
    numbers[at + INFO_AT] = state.infoAtMs;
    numbers[at + ONLINE_SINCE] = state.onlineSinceMs;
    numbers[at + INVISIBLE_AT] = state.invisibleAtMs;
    numbers[at + HIDDEN_UNTIL] = state.hiddenUntilMs;
    numbers[at + FORGOTTEN] = state.forgottenMs;
    numbers[at + AT] = atMs;
    this.#extra[slot] = extraOf(state);
  }

  /** Frees what a slot holds beside its numbers. */
  clear(slot: number): void {
    this.#extra[slot] = undefined;
  }

  /** Reads a state to change and then to store it: until then, its sessions and rooms are those of the table. */
  take(slot: number, state: ReplicatedState): void {
    this.#readNumbers(slot, state);
    const stored = this.#extra[slot];
    const isOnlyId = typeof stored === 'string';
    const extra = isOnlyId ? undefined : stored;
    state.site.sessions = isOnlyId ? [{ id: stored, endsAtMs: state.site.endsAtMs }] : extra?.sessions;
    state.rooms = extra?.rooms;
    state.info = extra?.info;
    state.isInvisible = extra?.isInvisible ?? false;
  }

  /** Reads a copy of a state. */
  copy(slot: number, state: ReplicatedState): void {
    this.take(slot, state);
    // What is made from an id is no part of the table.
    if (typeof this.#extra[slot] === 'string') return;
    const { site, rooms } = state;
    site.sessions = copySessions(site.sessions);
    if (rooms !== undefined) state.rooms = copyRooms(rooms);
  }

  #readNumbers(slot: number, state: ReplicatedState): void {
    const at = slot * NUMBERS;
    const numbers = this.#numbers;
    const { site } = state;
    site.lastSeenMs = numbers[at + LAST_SEEN]!;
    site.lastActivityMs = numbers[at + LAST_ACTIVITY]!;
    site.endsAtMs = numbers[at + ENDS_AT]!;
    site.endedAtMs = numbers[at + ENDED_AT]!;
    state.infoAtMs = numbers[at + INFO_AT]!;
    state.onlineSinceMs = numbers[at + ONLINE_SINCE]!;
    state.invisibleAtMs = numbers[at + INVISIBLE_AT]!;
    state.hiddenUntilMs = numbers[at + HIDDEN_UNTIL]!;
    state.forgottenMs = numbers[at + FORGOTTEN]!;
  }

  #grow(capacity: number): void {
    this.#numbers = copied(this.#numbers, new Float64Array(capacity * NUMBERS));
  }
}

function extraOf({ site, rooms, info, isInvisible }: ReplicatedState): Extra | string | undefined {
  const { sessions, endsAtMs } = site;
  if (rooms === undefined && info === undefined && !isInvisible) {
    if (sessions === undefined) return undefined;
    const [first] = sessions;
    if (sessions.length === 1 && first!.endsAtMs === endsAtMs) return first!.id;
  }
  return { sessions, rooms, info, isInvisible };
}
