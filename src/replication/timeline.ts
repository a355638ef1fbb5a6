import type { PresenceSettings } from '../config/settings.js';
import { compareOperations, type Operation } from './operations.js';
import { applyGrace, type PartitionGrace } from './partition-grace.js';
import { applyOperation, copyState, newState, type ReplicatedState } from './visitor-state.js';

/** Far more than a visitor's pages send within the horizon: it bounds a flood under one name. */
const MAX_OPERATIONS = 256;

/**
 * The operations of one visitor: recent ones in a list, as earlier ones may still arrive, and older ones compacted into a
 * base state. The present state is computed when it is needed, not stored: there may be a hundred thousand timelines.
 */
export interface Timeline {
  readonly uid: string;
  readonly base: ReplicatedState;
  /** The time of the last operation in the base. */
  baseMs: number;
  /** In order, none earlier than `baseMs`. */
  readonly operations: Operation[];
  /** False as long as all of its operations are leaves. */
  hasHeartbeat: boolean;
}

/** A timeline without operations. */
export const newTimeline = (uid: string): Timeline => ({
  uid,
  base: newState(),
  baseMs: Number.NEGATIVE_INFINITY,
  operations: [],
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

/** Adds an operation in its order. No effect when it is there already, or earlier than the base. */
export function insert({ operations, baseMs }: Timeline, operation: Operation): void {
  if (operation.atMs < baseMs) return;
  let index = operations.length;
  while (index > 0 && compareOperations(operations[index - 1]!, operation) > 0) index--;
  if (index > 0 && compareOperations(operations[index - 1]!, operation) === 0) return;
  operations.splice(index, 0, operation);
}

/**
 * The state after all operations.
 *
 * @param grace when given, pages that were silent since it began are still open
 */
export function stateOf(timeline: Timeline, settings: PresenceSettings, grace?: PartitionGrace): ReplicatedState {
  const state = copyState(timeline.base);
  let lastMs = timeline.baseMs;
  for (const operation of timeline.operations) {
    // Before each operation, too: it would find the visitor offline, and clear info and rooms.
    if (grace !== undefined) applyGrace(state, grace, lastMs, settings);
    applyOperation(state, operation, settings);
    lastMs = operation.atMs;
  }
  if (grace !== undefined) applyGrace(state, grace, lastMs, settings);
  return state;
}
