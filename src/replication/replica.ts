import type { PresenceSettings } from '../config/settings.js';
import type { Presence } from '../presence/presence.js';
import type { Gap, RoomNames } from '../presence/rules.js';
import type { Refusal } from '../presence/types.js';
import type { Hit, Leave } from '../protocol/heartbeat.js';
import {
  type EraseOperation,
  type HitOperation,
  horizonMs,
  type LeaveOperation,
  type Operation,
} from './operations.js';
import { beginGrace, endGrace, type PartitionGrace } from './partition-grace.js';
import { compact, eraseBefore, insert, newTimeline, stateInGrace, stateOf, type Timeline } from './timeline.js';
import { onlineSince, stateToCarry } from './visitor-state.js';

/** How many timelines may consist of leaves only. A leave may arrive before its heartbeat, but a flood is not kept. */
const MAX_LEAVE_ONLY = 1000;
const VISITORS_PER_STEP = 1000;

/** What a replica works with. */
export interface ReplicaOptions {
  /** Written by the replica only. */
  readonly presence: Presence;
  readonly settings: PresenceSettings;
  /** Identifies this instance among the others. */
  readonly origin: string;
}

/**
 * Keeps the presence of this instance equal to that of the others. Operations may arrive in any order, late or twice; the
 * result is that of a single instance which took all of them in order. Pure, like `Presence`.
 */
export class Replica {
  readonly #presence: Presence;
  readonly #settings: PresenceSettings;
  readonly #origin: string;
  readonly #horizonMs: number;
  /** By uid, in the order in which they last changed. */
  readonly #timelines = new Map<string, Timeline>();
  #leaveOnlyCount = 0;
  #lastNumber = 0;
  #grace: PartitionGrace | undefined;
  /** No grace ends before. */
  #bridgedUntilMs = Number.NEGATIVE_INFINITY;
  /** When an operation of another instance last arrived. */
  #lastReceivedMs = Number.NEGATIVE_INFINITY;

  constructor({ presence, settings, origin }: ReplicaOptions) {
    this.#presence = presence;
    this.#settings = settings;
    this.#origin = origin;
    this.#horizonMs = horizonMs(settings);
  }

  /**
   * Takes a heartbeat that a page sent to this instance.
   *
   * @returns the operation to publish, or why the heartbeat is refused
   */
  hit(hit: Hit, nowMs: number): HitOperation | Refusal {
    const refusal = this.#presence.refusal(hit, nowMs) ?? this.#refusal(hit.uid);
    if (refusal !== undefined) return refusal;
    const timeline = this.#timelines.get(hit.uid);
    const state = timeline && stateOf(timeline, this.#settings);
    const carried = state && stateToCarry(state, hit, nowMs);
    const onlineSinceMs = state === undefined ? nowMs : onlineSince(state, nowMs);
    const operation: HitOperation = { ...hit, ...this.#stamp(nowMs), kind: 'hit', onlineSinceMs, carried };
    this.merge(operation, nowMs);
    return operation;
  }

  /**
   * Takes a leave that a page sent to this instance.
   *
   * @returns the operation to publish; undefined when the leave is ignored
   */
  leave(leave: Leave, nowMs: number): LeaveOperation | undefined {
    if (!this.#timelines.has(leave.uid) && this.#leaveOnlyCount >= MAX_LEAVE_ONLY) return undefined;
    const operation: LeaveOperation = { ...leave, ...this.#stamp(nowMs), kind: 'leave' };
    this.merge(operation, nowMs);
    return operation;
  }

  /** Forgets a visitor, who goes offline at once. @returns the operation to publish */
  erase(uid: string, nowMs: number): EraseOperation {
    const operation: EraseOperation = { uid, ...this.#stamp(nowMs), kind: 'erase' };
    this.merge(operation, nowMs);
    return operation;
  }

  /**
   * Takes an operation of this or another instance. Ignores one beyond the horizon; one in the future happens now.
   *
   * @returns why there is no capacity for it
   */
  merge(received: Operation, nowMs: number): Refusal | undefined {
    if (received.atMs <= nowMs - this.#horizonMs) return undefined;
    if (received.kind === 'erase') this.#presence.forgetLastSeen(received.uid);
    if (received.origin !== this.#origin) this.#lastReceivedMs = nowMs;
    const timeline = this.#timelines.get(received.uid) ?? this.#createTimeline(received);
    if (timeline === undefined) return 'too_many_visitors';
    // The timeline's uid, so that all of the visitor's operations share one string.
    const { uid } = timeline;
    const operation = { ...received, uid, atMs: Math.min(received.atMs, nowMs) };
    this.#timelines.delete(uid);
    this.#timelines.set(uid, timeline);
    if (!timeline.hasHeartbeat && operation.kind === 'hit') {
      timeline.hasHeartbeat = true;
      this.#leaveOnlyCount--;
    }
    compact(timeline, this.#keptSinceMs(nowMs), this.#settings);
    const changed = insert(timeline, operation, this.#settings);
    if (operation.kind === 'erase') eraseBefore(timeline, operation, this.#settings);
    const refusal = this.#assign(timeline, nowMs, changed);
    // Its end has put the visitor there.
    if (operation.kind === 'erase') this.#presence.forgetLastSeen(uid);
    return refusal;
  }

  /**
   * Starts the partition grace: operations of other instances do not arrive any more. No effect when there are no others.
   *
   * @returns steps of a thousand visitors each; the caller runs all of them
   */
  *pauseExpiry(nowMs: () => number): Generator<void> {
    if (this.#lastReceivedMs <= nowMs() - this.#horizonMs) return;
    this.#grace = beginGrace(this.#graceAt(nowMs()), nowMs(), this.#settings.onlineWindowMs);
    yield* this.#assignAll(nowMs);
  }

  /**
   * Does not count a gap as silence, as `Presence.bridgeGap`, which must also be called: states that are derived anew until
   * the end of the grace have it too.
   */
  bridgeGap({ fromMs, toMs }: Gap, graceMs: number): void {
    const running = this.#graceAt(fromMs);
    this.#bridgedUntilMs = toMs + graceMs;
    this.#grace = {
      sinceMs: running?.sinceMs ?? fromMs,
      untilMs: Math.max(running?.untilMs ?? 0, this.#bridgedUntilMs),
    };
  }

  /**
   * Ends the partition grace, after a time for the other instances to publish their backlog. Call it when everything that
   * the log holds has been merged.
   *
   * @returns steps of a thousand visitors each; the caller runs all of them
   */
  *resumeExpiry(nowMs: () => number): Generator<void> {
    const grace = this.#graceAt(nowMs());
    if (grace === undefined) return;
    const { sinceMs, untilMs } = endGrace(grace, nowMs(), this.#settings.onlineWindowMs);
    this.#grace = { sinceMs, untilMs: Math.max(untilMs, this.#bridgedUntilMs) };
    yield* this.#assignAll(nowMs);
  }

  /**
   * Applies the end of the partition grace: info and activity from before a silence must not outlast it. Call it every few
   * seconds.
   *
   * @returns steps of a thousand visitors each; the caller runs all of them
   */
  *finishGrace(nowMs: () => number): Generator<void> {
    if (this.#grace === undefined || this.#grace.untilMs > nowMs()) return;
    this.#grace = undefined;
    yield* this.#assignAll(nowMs);
  }

  /** Drops the timelines whose last operation is beyond the horizon. */
  forget(nowMs: number): void {
    const untilMs = this.#keptSinceMs(nowMs);
    for (const [uid, { operations, hasHeartbeat }] of this.#timelines) {
      const last = operations.at(-1);
      if (last !== undefined && last.atMs > untilMs) return;
      this.#timelines.delete(uid);
      if (!hasHeartbeat) this.#leaveOnlyCount--;
    }
  }

  /** All operations that may still have an effect on an instance without any. */
  *operations(): Generator<Operation> {
    for (const { operations } of this.#timelines.values()) yield* operations;
  }

  /** Offline visitors keep their timelines until the horizon, hence a limit beside that of `Presence`. */
  #refusal(uid: string): Refusal | undefined {
    const count = this.#timelines.size - this.#leaveOnlyCount;
    return count >= 2 * this.#settings.maxVisitors && !this.#timelines.has(uid) ? 'too_many_visitors' : undefined;
  }

  #createTimeline({ uid, kind }: Operation): Timeline | undefined {
    if (this.#refusal(uid) !== undefined) return undefined;
    if (kind !== 'hit' && this.#leaveOnlyCount >= MAX_LEAVE_ONLY) return undefined;
    this.#leaveOnlyCount++;
    return newTimeline(uid);
  }

  #stamp(atMs: number): { atMs: number; origin: string; number: number } {
    return { atMs, origin: this.#origin, number: ++this.#lastNumber };
  }

  *#assignAll(nowMs: () => number): Generator<void> {
    let count = 0;
    for (const timeline of [...this.#timelines.values()]) {
      if (this.#timelines.get(timeline.uid) !== timeline) continue;
      this.#assign(timeline, nowMs());
      if (++count % VISITORS_PER_STEP === 0) yield;
    }
  }

  #assign(timeline: Timeline, nowMs: number, changed: RoomNames = 'all'): Refusal | undefined {
    const grace = this.#graceAt(nowMs);
    if (grace === undefined) {
      return this.#presence.assign(timeline.uid, stateOf(timeline, this.#settings), nowMs, changed);
    }
    return this.#presence.assign(timeline.uid, stateInGrace(timeline, grace, this.#settings), nowMs);
  }

  /** Operations up to this time have no effect any more. What a grace keeps alive depends on older ones than usual. */
  #keptSinceMs(nowMs: number): number {
    return (this.#grace?.sinceMs ?? nowMs) - this.#horizonMs;
  }

  #graceAt(nowMs: number): PartitionGrace | undefined {
    return this.#grace !== undefined && this.#grace.untilMs > nowMs ? this.#grace : undefined;
  }
}
