import type { PresenceSettings } from '../config/settings.js';
import type { Presence } from '../presence/presence.js';
import type { Gap, RoomNames } from '../presence/rules.js';
import type { Refusal } from '../presence/types.js';
import type { Hit, Leave } from '../protocol/heartbeat.js';
import {
  type CarriedState,
  type EraseOperation,
  type HitOperation,
  horizonMs,
  type LeaveOperation,
  type Operation,
} from './operations.js';
import { beginGrace, endGrace, type PartitionGrace } from './partition-grace.js';
import { Timelines } from './timelines.js';
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
  readonly #timelines: Timelines;
  /** Slots of the timelines without a heartbeat. */
  readonly #leaveOnly = new Set<number>();
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
    this.#timelines = new Timelines(settings);
  }

  /**
   * Takes a heartbeat that a page sent to this instance.
   *
   * @returns the operation to publish, or why the heartbeat is refused
   */
  hit(hit: Hit, nowMs: number): HitOperation | Refusal {
    const refusal = this.#presence.refusal(hit, nowMs) ?? this.#refusal(hit.uid);
    if (refusal !== undefined) return refusal;
    const slot = this.#timelines.slotOf(hit.uid);
    const state = slot === undefined ? undefined : this.#timelines.stateOf(slot);
    const carried = state && stateToCarry(state, hit, nowMs);
    const onlineSinceMs = state === undefined ? nowMs : onlineSince(state, nowMs);
    const operation = this.#hitOperation(hit, nowMs, onlineSinceMs, carried);
    this.merge(operation, nowMs);
    return operation;
  }

  /**
   * Takes a leave that a page sent to this instance.
   *
   * @returns the operation to publish; undefined when the leave is ignored
   */
  leave(leave: Leave, nowMs: number): LeaveOperation | undefined {
    if (this.#leaveOnly.size >= MAX_LEAVE_ONLY && this.#timelines.slotOf(leave.uid) === undefined) return undefined;
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
    const slot = this.#timelines.slotOf(received.uid) ?? this.#createTimeline(received);
    if (slot === undefined) return 'too_many_visitors';
    const operation = received.atMs > nowMs ? { ...received, atMs: nowMs } : received;
    if (operation.kind === 'hit') this.#leaveOnly.delete(slot);
    this.#timelines.compact(slot, this.#keptSinceMs(nowMs));
    const changed = this.#timelines.insert(slot, operation);
    if (operation.kind === 'erase') this.#timelines.eraseBefore(slot, operation);
    const refusal = this.#assign(slot, nowMs, changed);
    // Its end has put the visitor there.
    if (operation.kind === 'erase') this.#presence.forgetLastSeen(operation.uid);
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

  /** Drops the timelines whose last operation is beyond the horizon. Reads one number of each: a million take 1 ms. */
  forget(nowMs: number): void {
    const untilMs = this.#keptSinceMs(nowMs);
    for (let slot = 0; slot < this.#timelines.usedSlots; slot++) {
      if (this.#timelines.latestMs(slot) > untilMs) continue;
      this.#timelines.remove(slot);
      this.#leaveOnly.delete(slot);
    }
  }

  /** All operations that may still have an effect on an instance without any. */
  operations(): Generator<Operation> {
    return this.#timelines.operations();
  }

  /** Offline visitors keep their timelines until the horizon, hence a limit beside that of `Presence`. */
  #refusal(uid: string): Refusal | undefined {
    const count = this.#timelines.size - this.#leaveOnly.size;
    if (count < 2 * this.#settings.maxVisitors || this.#timelines.slotOf(uid) !== undefined) return undefined;
    return 'too_many_visitors';
  }

  #createTimeline({ uid, kind }: Operation): number | undefined {
    if (this.#refusal(uid) !== undefined) return undefined;
    if (kind !== 'hit' && this.#leaveOnly.size >= MAX_LEAVE_ONLY) return undefined;
    const slot = this.#timelines.add(uid);
    this.#leaveOnly.add(slot);
    return slot;
  }

  /** Written out, since V8 keeps an object that is spread before further properties as a hash table. */
  #hitOperation(
    { uid, session, room, activityMs, info, invisible }: Hit,
    atMs: number,
    onlineSinceMs: number,
    carried: CarriedState | undefined,
  ): HitOperation {
    const { origin, number } = this.#stamp(atMs);
    return {
      kind: 'hit',
      origin,
      number,
      atMs,
      uid,
      session,
      room,
      activityMs,
      info,
      invisible,
      onlineSinceMs,
      carried,
    };
  }

  #stamp(atMs: number): { atMs: number; origin: string; number: number } {
    return { atMs, origin: this.#origin, number: ++this.#lastNumber };
  }

  *#assignAll(nowMs: () => number): Generator<void> {
    let count = 0;
    // Who comes meanwhile is assigned when it comes.
    const { usedSlots } = this.#timelines;
    for (let slot = 0; slot < usedSlots; slot++) {
      if (this.#timelines.uidAt(slot) === undefined) continue;
      this.#assign(slot, nowMs());
      if (++count % VISITORS_PER_STEP === 0) yield;
    }
  }

  #assign(slot: number, nowMs: number, changed: RoomNames = 'all'): Refusal | undefined {
    const grace = this.#graceAt(nowMs);
    // The timeline's uid, so that both tables share one string.
    const uid = this.#timelines.uidAt(slot)!;
    if (grace === undefined) return this.#presence.assign(uid, this.#timelines.stateOf(slot), nowMs, changed);
    return this.#presence.assign(uid, this.#timelines.stateInGrace(slot, grace), nowMs);
  }

  /** Operations up to this time have no effect any more. What a grace keeps alive depends on older ones than usual. */
  #keptSinceMs(nowMs: number): number {
    return (this.#grace?.sinceMs ?? nowMs) - this.#horizonMs;
  }

  #graceAt(nowMs: number): PartitionGrace | undefined {
    return this.#grace !== undefined && this.#grace.untilMs > nowMs ? this.#grace : undefined;
  }
}
