import type { PresenceSettings } from '../config/settings.js';
import type { Presence } from '../presence/presence.js';
import type { Refusal } from '../presence/types.js';
import type { Hit, Leave } from '../protocol/heartbeat.js';
import { applyHold, beginHold, endHold, type Hold } from './partition-grace.js';
import { insert, knowledgeBeside, newTimeline, settleUntil, stateOf, type Timeline } from './timeline.js';
import { type HitOperation, horizonMs, type LeaveOperation, type Operation } from './visitor-state.js';

/** Goodbyes of visitors who are not known may come before their heartbeats; a flood of them is nothing to keep. */
const MAX_UNHEARD = 1000;
const VISITORS_PER_STEP = 1000;

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
  #hold: Hold | undefined;
  /** When any other process was last heard of. */
  #othersMs = Number.NEGATIVE_INFINITY;

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
    const timeline = this.#timelines.get(hit.uid);
    const known = timeline && knowledgeBeside(hit, stateOf(timeline, this.#settings), nowMs);
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
    if (told.origin !== this.#origin) this.#othersMs = nowMs;
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
    settleUntil(timeline, nowMs - this.#horizonMs, this.#settings);
    insert(timeline, operation);
    return this.#show(timeline, nowMs);
  }

  /**
   * From now on the others cannot be heard. Whoever is here, or comes, may beat at one of them, and so stays for a while
   * without a word, but for those who say goodbye. Nothing changes where there were no others.
   *
   * @returns steps of some thousand visitors; all of them must be taken
   */
  *lose(nowMs: () => number): Generator<void> {
    if (this.#othersMs <= nowMs() - this.#horizonMs) return;
    this.#hold = beginHold(this.#holdAt(nowMs()), nowMs(), this.#settings.onlineWindowMs);
    yield* this.#showAll(nowMs);
  }

  /**
   * The others can be heard again, and what they have told meanwhile has been merged. Silence means something again soon,
   * when they have had the time to tell the rest.
   *
   * @returns steps of some thousand visitors; all of them must be taken
   */
  *regain(nowMs: () => number): Generator<void> {
    const hold = this.#holdAt(nowMs());
    if (hold === undefined) return;
    this.#hold = endHold(hold, nowMs(), this.#settings.onlineWindowMs);
    yield* this.#showAll(nowMs);
  }

  /** Lets go of visitors of whom nothing has been heard for so long that nothing can be told of them any more. */
  forget(nowMs: number): void {
    const untilMs = (this.#holdAt(nowMs)?.sinceMs ?? nowMs) - this.#horizonMs;
    for (const [uid, { operations, isHeard }] of this.#timelines) {
      const last = operations.at(-1);
      if (last !== undefined && last.atMs > untilMs) return;
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
    return newTimeline(uid);
  }

  #stamp(atMs: number): { atMs: number; origin: string; number: number } {
    return { atMs, origin: this.#origin, number: ++this.#number };
  }

  *#showAll(nowMs: () => number): Generator<void> {
    let count = 0;
    for (const timeline of [...this.#timelines.values()]) {
      if (this.#timelines.get(timeline.uid) !== timeline) continue;
      this.#show(timeline, nowMs());
      if (++count % VISITORS_PER_STEP === 0) yield;
    }
  }

  #show(timeline: Timeline, nowMs: number): Refusal | undefined {
    const state = stateOf(timeline, this.#settings);
    const hold = this.#holdAt(nowMs);
    const last = timeline.operations.at(-1);
    if (hold !== undefined && last !== undefined) applyHold(state, hold, last.atMs, this.#settings.leaveSettleMs);
    return this.#presence.assign(timeline.uid, state, nowMs);
  }

  #holdAt(nowMs: number): Hold | undefined {
    return this.#hold !== undefined && this.#hold.untilMs > nowMs ? this.#hold : undefined;
  }
}
