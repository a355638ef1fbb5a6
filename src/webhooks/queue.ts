import { BATCH_TYPE } from '../protocol/webhook-events.js';
import { messageJson } from './events.js';
import type { Snapshot } from './snapshot.js';

/** What a queue works with. */
export interface QueueDependencies {
  /** How long events are gathered; 0: each is a message of its own. */
  readonly batchMs: number;
  /** Reads who is online as of the last events; undefined when snapshots are not sent. */
  readonly takeSnapshot: (() => Snapshot) | undefined;
  /** Creates an id that no other message has. */
  readonly createId: () => string;
  readonly bounds?: QueueBounds;
}

/** What may wait. */
export interface QueueBounds {
  readonly maxEvents: number;
  /** How long the oldest event may wait. */
  readonly maxWaitMs: number;
  readonly maxMessageBytes: number;
}

/** A request's worth of events. */
export interface Message {
  /** The same each time that the message is sent. */
  readonly id: string;
  readonly body: string;
  /** How many events it holds; 0 for a snapshot. */
  readonly eventCount: number;
  /** When the oldest of its events happened, or when the snapshot was asked for. */
  readonly sinceMs: number;
}

/** Express' body parser and many hosts refuse bodies of 100 KB. */
export const QUEUE_BOUNDS: QueueBounds = { maxEvents: 5000, maxWaitMs: 300_000, maxMessageBytes: 65_536 };

/**
 * What waits to be sent: a snapshot, or none, and the events after it. Pure. It is bounded: when too many events wait, or
 * one of them for too long, a snapshot takes the place of all of them.
 */
export class Queue {
  /** Events that were dropped because a snapshot took their place. */
  dropped = 0;
  readonly #dependencies: QueueDependencies;
  readonly #bounds: QueueBounds;
  /** `needed` until its first part is due: while a receiver is down, nothing is held for it. */
  #snapshot: Snapshot | 'needed' | undefined;
  #snapshotSinceMs = 0;
  #events: string[] = [];
  /** For each of `#events`, when it happened. */
  #timesMs: number[] = [];
  /** The message that is to be sent next, once it was looked at. */
  #message: Message | undefined;

  constructor(dependencies: QueueDependencies) {
    this.#dependencies = dependencies;
    this.#bounds = dependencies.bounds ?? QUEUE_BOUNDS;
  }

  /** How many events wait. */
  get size(): number {
    return this.#events.length;
  }

  /** Drops everything. */
  clear(): void {
    this.#events = [];
    this.#timesMs = [];
    this.#message = undefined;
    this.#snapshot = undefined;
  }

  /** Drops everything, and sends a snapshot instead. */
  restart(nowMs: number): void {
    this.dropped += this.#events.length;
    this.clear();
    this.#snapshot = this.#dependencies.takeSnapshot && 'needed';
    this.#snapshotSinceMs = nowMs;
  }

  /** Adds events that have just happened. */
  add(events: readonly string[], nowMs: number): void {
    // The snapshot will be read later, and include them.
    if (this.#snapshot === 'needed') return;
    // One by one: as arguments of one call, a hundred thousand would overflow the stack.
    for (const event of events) {
      this.#events.push(event);
      this.#timesMs.push(nowMs);
    }
    if (this.#events.length > this.#bounds.maxEvents) this.restart(nowMs);
  }

  /** When the next message is to be sent; undefined when nothing waits. */
  dueAtMs(): number | undefined {
    if (this.#message !== undefined || this.#snapshot !== undefined) return Number.NEGATIVE_INFINITY;
    const [firstMs] = this.#timesMs;
    return firstMs === undefined ? undefined : firstMs + this.#dependencies.batchMs;
  }

  /**
   * The message to send now: the same one until it is accepted or dropped. Undefined when nothing waits.
   *
   * @param timestamp the present time, in the form of ISO 8601
   */
  next(timestamp: string): Message | undefined {
    this.#message ??= this.#snapshotMessage() ?? this.#eventMessage(timestamp);
    return this.#message;
  }

  /** Removes the message that `next` returned: the receiver has it. */
  accept(): void {
    const eventCount = this.#message?.eventCount ?? 0;
    this.#message = undefined;
    if (typeof this.#snapshot === 'object') {
      this.#snapshot.accept();
      if (this.#snapshot.isOver) this.#snapshot = undefined;
      return;
    }
    this.#events.splice(0, eventCount);
    this.#timesMs.splice(0, eventCount);
  }

  /** Keeps the message that `next` returned for another attempt, unless something has waited for too long. */
  refuse(nowMs: number): void {
    const hasNotBegun = typeof this.#snapshot === 'object' && !this.#snapshot.hasBegun;
    const sinceMs = this.#message?.sinceMs ?? nowMs;
    if (hasNotBegun || nowMs - sinceMs >= this.#bounds.maxWaitMs) this.restart(nowMs);
  }

  #snapshotMessage(): Message | undefined {
    if (this.#snapshot === undefined) return undefined;
    if (this.#snapshot === 'needed') this.#snapshot = this.#dependencies.takeSnapshot!();
    const { createId } = this.#dependencies;
    return { id: createId(), body: this.#snapshot.part(), eventCount: 0, sinceMs: this.#snapshotSinceMs };
  }

  #eventMessage(timestamp: string): Message | undefined {
    const { batchMs, createId } = this.#dependencies;
    const [[first], [sinceMs]] = [this.#events, this.#timesMs];
    if (first === undefined || sinceMs === undefined) return undefined;
    if (batchMs === 0) return { id: createId(), body: first, eventCount: 1, sinceMs };
    const events = this.#batch();
    const body = messageJson(BATCH_TYPE, timestamp, `{"events":[${events.join(',')}]}`);
    return { id: createId(), body, eventCount: events.length, sinceMs };
  }

  /** The first events that fit into a message; at least one. */
  #batch(): readonly string[] {
    let bytes = Buffer.byteLength(messageJson(BATCH_TYPE, new Date(0).toISOString(), '{"events":[]}'));
    let count = 0;
    for (const event of this.#events) {
      bytes += Buffer.byteLength(event) + 1;
      if (count > 0 && bytes > this.#bounds.maxMessageBytes) break;
      count++;
    }
    return this.#events.slice(0, count);
  }
}
