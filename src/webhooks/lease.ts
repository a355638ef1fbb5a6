import type { Clock } from '../runtime/clock.js';
import type { Log } from '../runtime/log.js';
import { settleWithin } from '../runtime/settle-within.js';
import type { Timers } from '../runtime/timers.js';

/** Where instances agree who holds the lease. */
export interface LeaseStore {
  /**
   * Takes the lease if nobody holds it, or holds it for longer. Rejects when the store cannot be used.
   *
   * @returns whether `holder` holds it now
   */
  claim(holder: string, durationMs: number): Promise<boolean>;
  close(): void;
}

/** What a lease works with. */
export interface LeaseDependencies {
  readonly store: LeaseStore;
  /** Identifies this instance. */
  readonly holder: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /** A number from 0 up to but not including 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly onHeld: () => void;
  readonly onLost: () => void;
}

/** With the interval, it bounds how long nobody holds the lease after its holder was killed: less than 8 s. */
const DURATION_MS = 6000;
const CLAIM_EVERY_MS = 1500;
const STOP_TIMEOUT_MS = 500;

/** Makes sure that at most one instance at a time holds the lease, and that soon another does when that one is gone. */
export class Lease {
  readonly #dependencies: LeaseDependencies;
  /** Until when this instance holds it, by its own clock; undefined when it does not. */
  #heldUntilMs: number | undefined;
  #cancelExpiry = () => {};
  #cancelClaim = () => {};
  #isStopped = false;
  #isReported = false;

  constructor(dependencies: LeaseDependencies) {
    this.#dependencies = dependencies;
  }

  /** Whether this instance holds it. Exact even when timers are late, as after a suspension of the process. */
  get isHeld(): boolean {
    return this.#heldUntilMs !== undefined && this.#dependencies.clock.nowMs() < this.#heldUntilMs;
  }

  /** Claims it again and again, until stopped. */
  start(): void {
    void this.#claim();
  }

  /** Gives it up, so that another instance can take it at once. */
  async stop(): Promise<void> {
    const { store, holder, timers } = this.#dependencies;
    this.#isStopped = true;
    this.#cancelClaim();
    if (this.isHeld) {
      const givenUp = store.claim(holder, 1).catch(() => {});
      await settleWithin(STOP_TIMEOUT_MS, givenUp, timers);
    }
    this.#lose();
    store.close();
  }

  async #claim(): Promise<void> {
    const { store, holder, clock, timers, random, log } = this.#dependencies;
    // Before the store has the command: it must not expire there before it does here.
    const sentAtMs = clock.nowMs();
    try {
      const isHolder = await store.claim(holder, DURATION_MS);
      this.#isReported = false;
      if (this.#isStopped) return;
      if (isHolder) this.#hold(sentAtMs + DURATION_MS);
      else this.#lose();
    } catch (error) {
      if (this.#isStopped) return;
      if (!this.#isReported) {
        const { message: problem } = error as Error;
        log.error('Redis cannot be used to agree which instance sends webhooks. Until it can, none does.', { problem });
      }
      this.#isReported = true;
    }
    this.#cancelClaim = timers.after(CLAIM_EVERY_MS * (0.8 + 0.4 * random()), () => void this.#claim());
  }

  #hold(untilMs: number): void {
    const { clock, timers, onHeld } = this.#dependencies;
    if (untilMs <= clock.nowMs()) return;
    // Held until now, or lost in between without a timer that noticed: then another instance may have held it.
    const wasHeld = this.isHeld;
    this.#heldUntilMs = untilMs;
    this.#cancelExpiry();
    this.#cancelExpiry = timers.after(untilMs - clock.nowMs(), () => this.#lose());
    if (!wasHeld) onHeld();
  }

  #lose(): void {
    this.#cancelExpiry();
    if (this.#heldUntilMs === undefined) return;
    this.#heldUntilMs = undefined;
    this.#dependencies.onLost();
  }
}
