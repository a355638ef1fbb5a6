import type { Presence } from './presence.js';
import type { Hit, Leave, PresenceSettings, Refusal } from './types.js';
import {
  applyOperation,
  compareOperations,
  copyState,
  type HitOperation,
  horizonMs,
  type Knowledge,
  type LeaveOperation,
  newState,
  type Operation,
  type VisitorState,
} from './visitor-state.js';

/**
 * What is known of one visitor: a state, and what has happened since and may still be preceded by what is told late. What
 * follows from both is not kept but found out when needed: there are a hundred thousand of these.
 */
interface Timeline {
  readonly uid: string;
  readonly base: VisitorState;
  /** The time of the last operation in the base. */
  baseMs: number;
  /** In their order, all later than what the base was made of. */
  readonly operations: Operation[];
  /** Whether any of it is more than goodbyes. */
  isHeard: boolean;
}

/** Goodbyes of visitors who are not known may come before their heartbeats; a flood of them is nothing to keep. */
const MAX_UNHEARD = 1000;
/** Far more than a visitor's pages send within a window; a flood under one name must not pile up. */
const MAX_OPERATIONS = 256;

/** What a replica is part of. */
export interface ReplicaOptions {
  readonly presence: Presence;
  readonly settings: PresenceSettings;
  /** Names this process among the others. */
  readonly origin: string;
}

/**
 * Keeps one process's presence equal to that of the others: whatever it hears itself, and whatever the others tell it, in
 * any order, late, or twice, ends in what one process would know that had heard it all in order. Pure, like `Presence`.
 */
export class Replica {
  readonly #presence: Presence;
  readonly #settings: PresenceSettings;
  readonly #origin: string;
  readonly #horizonMs: number;
  /** By uid; those that were touched longest ago come first. */
  readonly #timelines = new Map<string, Timeline>();
  #unheard = 0;
  #number = 0;

  constructor({ presence, settings, origin }: ReplicaOptions) {
    this.#presence = presence;
    this.#settings = settings;
    this.#origin = origin;
    this.#horizonMs = horizonMs(settings);
  }

  /** Takes a heartbeat of this process's own, and gives back what to tell the others, or why it was not taken. */
  hit(hit: Hit, nowMs: number): HitOperation | Refusal {
    const refusal = this.#presence.refusal(hit, nowMs) ?? this.#refusal(hit.uid);
    if (refusal !== undefined) return refusal;
    const known = knowledgeOf(this.#stateOf(this.#timelines.get(hit.uid)), hit, nowMs);
    const operation: HitOperation = { ...hit, ...this.#stamp(nowMs), kind: 'hit', known };
    this.merge(operation, nowMs);
    return operation;
  }

  /** Takes a goodbye of this process's own, and gives back what to tell the others, if anything. */
  leave(leave: Leave, nowMs: number): LeaveOperation | undefined {
    if (!this.#timelines.has(leave.uid) && this.#unheard >= MAX_UNHEARD) return undefined;
    const operation: LeaveOperation = { ...leave, ...this.#stamp(nowMs), kind: 'leave' };
    this.merge(operation, nowMs);
    return operation;
  }

  /**
   * Takes what happened here or elsewhere. What is so old that it cannot matter any more is passed over, and what is
   * said to happen in the future happens now.
   *
   * @returns why it was passed over, when this process has no room for it
   */
  merge(told: Operation, nowMs: number): Refusal | undefined {
    if (told.atMs <= nowMs - this.#horizonMs) return undefined;
    const timeline = this.#timelines.get(told.uid) ?? this.#begin(told);
    if (timeline === undefined) return 'too_many_visitors';
    // One and the same text for all of the visitor's.
    const { uid } = timeline;
    const operation = { ...told, uid, atMs: Math.min(told.atMs, nowMs) };
    this.#timelines.delete(uid);
    this.#timelines.set(uid, timeline);
    if (!timeline.isHeard && operation.kind === 'hit') {
      timeline.isHeard = true;
      this.#unheard--;
    }
    this.#trim(timeline, nowMs);
    this.#insert(timeline, operation);
    return this.#presence.assign(uid, this.#stateOf(timeline), nowMs);
  }

  /** Lets go of visitors of whom nothing has been heard for so long that nothing can be told of them any more. */
  forget(nowMs: number): void {
    for (const [uid, { operations, isHeard }] of this.#timelines) {
      const last = operations.at(-1);
      if (last !== undefined && last.atMs > nowMs - this.#horizonMs) return;
      this.#timelines.delete(uid);
      if (!isHeard) this.#unheard--;
    }
  }

  /** Everything that may still matter to somebody who has heard of nothing. */
  *operations(): Generator<Operation> {
    for (const { operations } of this.#timelines.values()) yield* operations;
  }

  /** Who has gone is remembered for a while, and must not crowd out who comes. */
  #refusal(uid: string): Refusal | undefined {
    const isFull = this.#timelines.size - this.#unheard >= 2 * this.#settings.maxVisitors && !this.#timelines.has(uid);
    return isFull ? 'too_many_visitors' : undefined;
  }

  #begin({ uid, kind }: Operation): Timeline | undefined {
    if (this.#refusal(uid) !== undefined || (kind === 'leave' && this.#unheard >= MAX_UNHEARD)) return undefined;
    this.#unheard++;
    return { uid, base: newState(), baseMs: Number.NEGATIVE_INFINITY, operations: [], isHeard: false };
  }

  #stamp(atMs: number): { atMs: number; origin: string; number: number } {
    return { atMs, origin: this.#origin, number: ++this.#number };
  }

  #trim(timeline: Timeline, nowMs: number): void {
    const { operations } = timeline;
    let count = Math.max(0, operations.length - MAX_OPERATIONS);
    while (count < operations.length && operations[count]!.atMs <= nowMs - this.#horizonMs) count++;
    for (const operation of operations.splice(0, count)) {
      applyOperation(timeline.base, operation, this.#settings);
      timeline.baseMs = operation.atMs;
    }
  }

  #insert(timeline: Timeline, operation: Operation): void {
    const { operations } = timeline;
    if (operation.atMs < timeline.baseMs) return;
    let place = operations.length;
    while (place > 0 && compareOperations(operations[place - 1]!, operation) > 0) place--;
    if (place > 0 && compareOperations(operations[place - 1]!, operation) === 0) return;
    operations.splice(place, 0, operation);
  }

  #stateOf(timeline: Timeline): VisitorState;
  #stateOf(timeline: Timeline | undefined): VisitorState | undefined;
  #stateOf(timeline: Timeline | undefined): VisitorState | undefined {
    if (timeline === undefined) return undefined;
    const state = copyState(timeline.base);
    for (const operation of timeline.operations) applyOperation(state, operation, this.#settings);
    return state;
  }
}

function knowledgeOf(state: VisitorState | undefined, hit: Hit, nowMs: number): Knowledge | undefined {
  if (state === undefined || state.site.endsAtMs <= nowMs) return undefined;
  const place = hit.room === undefined ? undefined : state.rooms?.get(hit.room);
  const { lastActivityMs: siteActivityMs } = state.site;
  const roomActivityMs = place !== undefined && place.endsAtMs > nowMs ? place.lastActivityMs : hit.activityMs;
  const info = hit.info === undefined ? state.info : undefined;
  if (info === undefined && Math.max(siteActivityMs, roomActivityMs) <= hit.activityMs) return undefined;
  return { siteActivityMs, roomActivityMs, info, infoAtMs: state.infoAtMs };
}
