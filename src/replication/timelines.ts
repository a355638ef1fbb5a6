import type { PresenceSettings } from '../config/settings.js';
import type { RoomNames } from '../presence/rules.js';
import { BaseTable } from './base-table.js';
import { copied, INITIAL_CAPACITY, nextCapacity } from './columns.js';
import { NONE, OperationTable } from './operation-table.js';
import { compareOperations, type EraseOperation, type Operation } from './operations.js';
import { applyGrace, type PartitionGrace } from './partition-grace.js';
import { applyOperation, newState, type ReplicatedState } from './visitor-state.js';

/** Far more than a visitor's pages send within the horizon: it bounds a flood under one name. */
const MAX_OPERATIONS = 256;

/** From how many operations and rooms on the present state is kept: few are applied again faster than memory is paid for. */
const KEPT_FROM = 6;
const NO_ROOMS: RoomNames = [];
const NEW_STATE = newState();

/** The columns of `#chains`. Those of one slot are neighbours, as they are read together. */
const FIRST = 0;
const LAST = 1;
const COUNT = 2;
const CHAIN = 3;

/**
 * The timelines of the visitors, by slot: recent operations in a chain of rows, as earlier ones may still arrive, and older
 * ones compacted into a base state.
 */
export class Timelines {
  readonly #settings: PresenceSettings;
  readonly #operations = new OperationTable();
  readonly #bases = new BaseTable();
  readonly #slots = new Map<string, number>();
  /** Undefined in a free slot. */
  readonly #uids: (string | undefined)[] = [];
  readonly #free: number[] = [];
  /** The first and the last row of the chain, in order, and how many there are. None is earlier than the base. */
  #chains = new Int32Array(INITIAL_CAPACITY * CHAIN);
  /** The time of the latest operation; `Infinity` in a free slot. */
  #latestMs = new Float64Array(INITIAL_CAPACITY);
  /** The states after all operations of those who have many. */
  readonly #presents = new Map<number, ReplicatedState>();
  /** The state that is worked with, so that most operations allocate none. */
  #state = newState();

  constructor(settings: PresenceSettings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** All slots are below. */
  get usedSlots(): number {
    return this.#uids.length;
  }

  slotOf(uid: string): number | undefined {
    return this.#slots.get(uid);
  }

  /** Undefined in a free slot. */
  uidAt(slot: number): string | undefined {
    return this.#uids[slot];
  }

  /** The time of the latest operation that was inserted; `Infinity` in a free slot. */
  latestMs(slot: number): number {
    return this.#latestMs[slot]!;
  }

  /** Adds a timeline without operations. */
  add(uid: string): number {
    const slot = this.#free.pop() ?? this.#uids.length;
    if (slot >= this.#latestMs.length) this.#grow(nextCapacity(slot));
    this.#uids[slot] = uid;
    this.#slots.set(uid, slot);
    this.#chains.set([NONE, NONE, 0], slot * CHAIN);
    this.#latestMs[slot] = Number.NEGATIVE_INFINITY;
    this.#bases.store(slot, NEW_STATE, Number.NEGATIVE_INFINITY);
    return slot;
  }

  /** Removes a timeline, and frees its slot. */
  remove(slot: number): void {
    while (this.#firstRow(slot) !== NONE) this.#dropFirst(slot);
    this.#slots.delete(this.#uids[slot]!);
    this.#uids[slot] = undefined;
    this.#latestMs[slot] = Number.POSITIVE_INFINITY;
    this.#presents.delete(slot);
    this.#bases.clear(slot);
    this.#free.push(slot);
  }

  /** Moves the operations up to `untilMs` into the base: no earlier ones are accepted any more. */
  compact(slot: number, untilMs: number): void {
    if (!this.#isCompactable(slot, untilMs)) return;
    let baseMs = 0;
    this.#bases.take(slot, this.#state);
    do {
      const operation = this.#read(slot, this.#firstRow(slot));
      applyOperation(this.#state, operation, this.#settings);
      baseMs = operation.atMs;
      this.#dropFirst(slot);
    } while (this.#isCompactable(slot, untilMs));
    this.#bases.store(slot, this.#state, baseMs);
  }

  /**
   * Adds an operation in its order. No effect when it is there already, or earlier than the base.
   *
   * @returns the rooms that it changes
   */
  insert(slot: number, operation: Operation): RoomNames {
    if (operation.atMs < this.#bases.atMs(slot)) return NO_ROOMS;
    let before = this.#chains[slot * CHAIN + LAST]!;
    if (before !== NONE && this.#operations.atMs(before) >= operation.atMs) {
      before = NONE;
      for (let row = this.#firstRow(slot); row !== NONE; row = this.#operations.next(row)) {
        const order = compareOperations(this.#read(slot, row), operation);
        if (order === 0) return NO_ROOMS;
        if (order > 0) break;
        before = row;
      }
    }
    const row = this.#insertAfter(slot, before, operation);
    const present = this.#presents.get(slot);
    const isLast = row === this.#chains[slot * CHAIN + LAST];
    if (isLast && present !== undefined) return applyOperation(present, this.#read(slot, row), this.#settings);
    if (present !== undefined) this.#presents.delete(slot);
    return 'all';
  }

  /** Drops everything from before an erase operation of the timeline. */
  eraseBefore(slot: number, erase: EraseOperation): void {
    let row = this.#firstRow(slot);
    while (row !== NONE && compareOperations(this.#read(slot, row), erase) !== 0) row = this.#operations.next(row);
    if (row === NONE) return;
    while (this.#firstRow(slot) !== row) this.#dropFirst(slot);
    const state = newState();
    applyOperation(state, erase, this.#settings);
    this.#bases.store(slot, state, erase.atMs);
  }

  /** The state after all operations. Valid until the next call of any method. */
  stateOf(slot: number): ReplicatedState {
    const present = this.#presents.get(slot);
    if (present !== undefined) return present;
    const state = this.#state;
    this.#bases.copy(slot, state);
    for (let row = this.#firstRow(slot); row !== NONE; row = this.#operations.next(row)) {
      applyOperation(state, this.#read(slot, row), this.#settings);
    }
    if (this.#chains[slot * CHAIN + COUNT]! + (state.rooms?.size ?? 0) >= KEPT_FROM) {
      this.#presents.set(slot, state);
      this.#state = newState();
    }
    return state;
  }

  /** As `stateOf`, where pages that were silent since the grace began are still open. */
  stateInGrace(slot: number, grace: PartitionGrace): ReplicatedState {
    const state = this.#state;
    this.#bases.copy(slot, state);
    let lastMs = this.#bases.atMs(slot);
    for (let row = this.#firstRow(slot); row !== NONE; row = this.#operations.next(row)) {
      const operation = this.#read(slot, row);
      // Before each operation, too: it would find the visitor offline, and clear info and rooms.
      applyGrace(state, grace, lastMs, this.#settings);
      applyOperation(state, operation, this.#settings);
      lastMs = operation.atMs;
    }
    applyGrace(state, grace, lastMs, this.#settings);
    return state;
  }

  /** Copies of all operations that are not compacted. */
  *operations(): Generator<Operation> {
    for (let slot = 0; slot < this.usedSlots; slot++) {
      if (this.#uids[slot] === undefined) continue;
      for (let row = this.#firstRow(slot); row !== NONE; row = this.#operations.next(row)) {
        yield { ...this.#read(slot, row) };
      }
    }
  }

  #firstRow(slot: number): number {
    return this.#chains[slot * CHAIN + FIRST]!;
  }

  #read(slot: number, row: number): Operation {
    return this.#operations.read(row, this.#uids[slot]!);
  }

  #isCompactable(slot: number, untilMs: number): boolean {
    const row = this.#firstRow(slot);
    if (row === NONE) return false;
    return this.#chains[slot * CHAIN + COUNT]! > MAX_OPERATIONS || this.#operations.atMs(row) <= untilMs;
  }

  #dropFirst(slot: number): void {
    const next = this.#operations.free(this.#firstRow(slot));
    this.#chains[slot * CHAIN + FIRST] = next;
    if (next === NONE) this.#chains[slot * CHAIN + LAST] = NONE;
    this.#chains[slot * CHAIN + COUNT]!--;
  }

  /** @param before NONE to insert it as the first */
  #insertAfter(slot: number, before: number, operation: Operation): number {
    const at = slot * CHAIN;
    const first = this.#firstRow(slot);
    const row = this.#operations.add(operation, before === NONE ? first : before);
    const after = before === NONE ? first : this.#operations.next(before);
    this.#operations.link(row, after);
    if (before === NONE) this.#chains[at + FIRST] = row;
    else this.#operations.link(before, row);
    if (after === NONE) this.#chains[at + LAST] = row;
    this.#chains[at + COUNT]!++;
    if (operation.atMs > this.#latestMs[slot]!) this.#latestMs[slot] = operation.atMs;
    return row;
  }

  #grow(capacity: number): void {
    this.#chains = copied(this.#chains, new Int32Array(capacity * CHAIN));
    this.#latestMs = copied(this.#latestMs, new Float64Array(capacity));
  }
}
