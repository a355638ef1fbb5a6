import type { WebhookSettings } from '../config/settings.js';
import type { Presence } from '../presence/presence.js';
import type { Diff } from '../presence/types.js';
import type { Clock } from '../runtime/clock.js';
import type { Log } from '../runtime/log.js';
import type { Timers } from '../runtime/timers.js';
import { WebhookCounters } from './counters.js';
import { Delivery } from './delivery.js';
import { eventsOf } from './events.js';
import { Lease, type LeaseStore } from './lease.js';
import { QUEUE_BOUNDS, Queue } from './queue.js';
import { createSender } from './sender.js';
import { Snapshot } from './snapshot.js';

/** What webhooks work with. */
export interface WebhooksDependencies {
  readonly settings: WebhookSettings;
  readonly presence: Presence;
  readonly clock: Clock;
  readonly timers: Timers;
  /** A number from 0 up to but not including 1. */
  readonly random: () => number;
  /** Creates texts that are unique. */
  readonly createId: () => string;
  readonly log: Log;
  /** Identifies this instance. */
  readonly processId: string;
  /** Where instances agree which of them sends; undefined for a single instance. */
  readonly leaseStore?: LeaseStore | undefined;
  /** The version in package.json. */
  readonly version: string;
}

/** Sends a receiver who comes and goes: a snapshot at first, and the events of every flush after it. */
export class Webhooks {
  readonly counters = new WebhookCounters();
  readonly #dependencies: WebhooksDependencies;
  readonly #queue: Queue;
  readonly #delivery: Delivery;
  readonly #lease: Lease | undefined;
  #isPaused = false;

  constructor(dependencies: WebhooksDependencies) {
    const { settings, createId } = dependencies;
    this.#dependencies = dependencies;
    this.#queue = new Queue({
      batchMs: settings.batchMs,
      takeSnapshot: settings.types.has('presence.snapshot') ? () => this.#takeSnapshot() : undefined,
      createId: () => `msg_${createId()}`,
    });
    const receiver = new URL(settings.url).host;
    const send = createSender(dependencies);
    this.#lease = this.#createLease(dependencies);
    this.#delivery = new Delivery({
      ...dependencies,
      queue: this.#queue,
      send,
      maySend: () => this.#lease?.isHeld ?? true,
      counters: this.counters,
      receiver,
    });
  }

  /** How many events wait, and how many were dropped because a snapshot took their place. */
  get queue(): { readonly size: number; readonly dropped: number } {
    return this.#queue;
  }

  /** Whether the receiver has accepted the last attempt, or there was none yet. */
  get isUp(): boolean {
    return this.#delivery.isUp;
  }

  /** Whether this instance is the one that sends. */
  get isActive(): boolean {
    return this.#delivery.isOn;
  }

  /**
   * Begins to send, with a snapshot; with several instances, once this one holds the lease. Call it when presence is
   * complete.
   */
  start(): void {
    if (this.#lease === undefined) this.#delivery.begin();
    else this.#lease.start();
  }

  /** Sends nothing until `resume`: another process has taken over, and knows who is here. */
  pause(): void {
    this.#isPaused = true;
    this.#delivery.end();
  }

  /** Begins anew after `pause`. No effect otherwise. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.start();
  }

  /** Takes the diffs of a flush. Never throws, and does not wait. */
  take(diffs: readonly Diff[]): void {
    if (!this.#delivery.isOn) return;
    const { settings, clock } = this.#dependencies;
    this.#queue.add(eventsOf(diffs, this.#timestamp(), settings.types), clock.nowMs());
    this.#delivery.wake();
  }

  /** Sends what waits, for a second at most, and ends. */
  async stop(): Promise<void> {
    await this.#delivery.finish();
    await this.#lease?.stop();
  }

  #createLease({ leaseStore: store, processId: holder, ...rest }: WebhooksDependencies): Lease | undefined {
    if (store === undefined) return undefined;
    return new Lease({
      ...rest,
      store,
      holder,
      onHeld: () => this.#delivery.begin(),
      onLost: () => this.#delivery.end(),
    });
  }

  #takeSnapshot(): Snapshot {
    const { presence, settings } = this.#dependencies;
    return new Snapshot(presence, settings.hasRooms, this.#timestamp(), QUEUE_BOUNDS.maxMessageBytes);
  }

  #timestamp(): string {
    return new Date(this.#dependencies.clock.wallMs()).toISOString();
  }
}

/** Creates the webhooks of a service. */
export const createWebhooks = (dependencies: WebhooksDependencies): Webhooks => new Webhooks(dependencies);
