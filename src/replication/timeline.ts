import type { PresenceSettings } from '../config/settings.js';
import { hasEnded } from '../presence/rules.js';
import type { Hit } from '../protocol/heartbeat.js';
import {
  applyOperation,
  compareOperations,
  copyState,
  type Knowledge,
  newState,
  type Operation,
  type ReplicatedState,
} from './visitor-state.js';

/** Far more than a visitor's pages send within a window; a flood under one name must not pile up. */
const MAX_OPERATIONS = 256;

/**
 * What is known of one visitor: a state, and what has happened since and may still be preceded by what is told late. What
 * follows from both is not kept but found out when needed: there are a hundred thousand of these.
 */
export interface Timeline {
  readonly uid: string;
  readonly base: ReplicatedState;
  /** The time of the last operation in the base. */
  baseMs: number;
  /** In their order, all later than what the base was made of. */
  readonly operations: Operation[];
  /** Whether any of it is more than goodbyes. */
  isHeard: boolean;
}

/** Of whom nothing is known. */
export const newTimeline = (uid: string): Timeline => ({
  uid,
  base: newState(),
  baseMs: Number.NEGATIVE_INFINITY,
  operations: [],
  isHeard: false,
});

/** Puts what happened no later than `untilMs` into the base: nothing can be told any more of what came before it. */
export function settleUntil(timeline: Timeline, untilMs: number, settings: PresenceSettings): void {
  const { operations } = timeline;
  let count = Math.max(0, operations.length - MAX_OPERATIONS);
  while (count < operations.length && operations[count]!.atMs <= untilMs) count++;
  for (const operation of operations.splice(0, count)) {
    applyOperation(timeline.base, operation, settings);
    timeline.baseMs = operation.atMs;
  }
}

/** Puts an operation into its place. Without effect when it is there already, or comes before what the base was made of. */
export function insert({ operations, baseMs }: Timeline, operation: Operation): void {
  if (operation.atMs < baseMs) return;
  let place = operations.length;
  while (place > 0 && compareOperations(operations[place - 1]!, operation) > 0) place--;
  if (place > 0 && compareOperations(operations[place - 1]!, operation) === 0) return;
  operations.splice(place, 0, operation);
}

/** What follows from all that is known. */
export function stateOf(timeline: Timeline, settings: PresenceSettings): ReplicatedState {
  const state = copyState(timeline.base);
  for (const operation of timeline.operations) applyOperation(state, operation, settings);
  return state;
}

/** What is known of a visitor beside a heartbeat that comes now; undefined when the heartbeat says it all. */
export function knowledgeBeside(hit: Hit, state: ReplicatedState, nowMs: number): Knowledge | undefined {
  if (hasEnded(state.site, nowMs)) return undefined;
  const place = hit.room === undefined ? undefined : state.rooms?.get(hit.room);
  const { lastActivityMs: siteActivityMs } = state.site;
  const roomActivityMs = place !== undefined && !hasEnded(place, nowMs) ? place.lastActivityMs : hit.activityMs;
  const info = hit.info === undefined ? state.info : undefined;
  if (info === undefined && Math.max(siteActivityMs, roomActivityMs) <= hit.activityMs) return undefined;
  return { siteActivityMs, roomActivityMs, info, infoAtMs: state.infoAtMs };
}
