import type { PresenceSettings } from '../config/settings.js';
import type { RoomNames } from '../presence/rules.js';
import { compareOperations, type EraseOperation, type Operation } from './operations.js';
import { applyGrace, type PartitionGrace } from './partition-grace.js';
import { applyOperation, copyState, newState, type ReplicatedState } from './visitor-state.js';

/** Far more than a visitor's pages send within the horizon: it bounds a flood under one name. */
const MAX_OPERATIONS = 256;

/** From how many operations and rooms on the present state is kept: few are applied again faster than memory is paid for. */
const KEPT_FROM = 6;
const NO_ROOMS: RoomNames = [];

/**
 * The operations of one visitor: recent ones in a list, as earlier ones may still arrive, and older ones compacted into a
 * base state.
 */
export interface Timeline {
  readonly uid: string;
  base: ReplicatedState;
  /** The time of the last operation in the base. */
  baseMs: number;
  /** In order, none earlier than `baseMs`. */
  readonly operations: Operation[];
  /** The state after all operations. Undefined until it is needed, and for most visitors always. */
  present: ReplicatedState | undefined;
  /** False as long as all of its operations are leaves. */
  hasHeartbeat: boolean;
}

/** A timeline without operations. */
export const newTimeline = (uid: string): Timeline => ({
  uid,
  base: newState(),
  baseMs: Number.NEGATIVE_INFINITY,
  operations: [],
  present: undefined,
  hasHeartbeat: false,
});

/** Moves the operations up to `untilMs` into the base: no earlier ones are accepted any more. */
export function compact(timeline: Timeline, untilMs: number, settings: PresenceSettings): void {
  const { operations } = timeline;
  let count = Math.max(0, operations.length - MAX_OPERATIONS);
  while (count < operations.length && operations[count]!.atMs <= untilMs) count++;
  for (const operation of operations.splice(0, count)) {
    applyOperation(timeline.base, operation, settings);
    timeline.baseMs = operation.atMs;
  }
}

/**
 * Adds an operation in its order. No effect when it is there already, or earlier than the base.
 *
 * @returns the rooms that it changes
 */
export function insert(timeline: Timeline, operation: Operation, settings: PresenceSettings): RoomNames {
  const { operations, baseMs, present } = timeline;
  if (operation.atMs < baseMs) return NO_ROOMS;
  let index = operations.length;
  while (index > 0 && compareOperations(operations[index - 1]!, operation) > 0) index--;
  if (index > 0 && compareOperations(operations[index - 1]!, operation) === 0) return NO_ROOMS;
  const isLast = index === operations.length;
  operations.splice(index, 0, operation);
  if (isLast && present !== undefined) return applyOperation(present, operation, settings);
  timeline.present = undefined;
  return 'all';
}

/** Drops everything from before an erase operation of the timeline. */
export function eraseBefore(timeline: Timeline, erase: EraseOperation, settings: PresenceSettings): void {
  const index = timeline.operations.findIndex((each) => compareOperations(each, erase) === 0);
  if (index === -1) return;
  timeline.operations.splice(0, index);
  timeline.base = newState();
  applyOperation(timeline.base, erase, settings);
  timeline.baseMs = erase.atMs;
}

/** The state after all operations. It is the timeline's own: `insert` may change it. */
export function stateOf(timeline: Timeline, settings: PresenceSettings): ReplicatedState {
  if (timeline.present !== undefined) return timeline.present;
  const state = copyState(timeline.base);
  for (const operation of timeline.operations) applyOperation(state, operation, settings);
  if (timeline.operations.length + (state.rooms?.size ?? 0) >= KEPT_FROM) timeline.present = state;
  return state;
}

/** The state after all operations, where pages that were silent since the grace began are still open. */
export function stateInGrace(timeline: Timeline, grace: PartitionGrace, settings: PresenceSettings): ReplicatedState {
  const state = copyState(timeline.base);
  let lastMs = timeline.baseMs;
  for (const operation of timeline.operations) {
    // Before each operation, too: it would find the visitor offline, and clear info and rooms.
    applyGrace(state, grace, lastMs, settings);
    applyOperation(state, operation, settings);
    lastMs = operation.atMs;
  }
  applyGrace(state, grace, lastMs, settings);
  return state;
}
