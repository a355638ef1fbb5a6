import { backOffMs } from '../runtime/back-off.js';
import type { Clock } from '../runtime/clock.js';
import type { Log } from '../runtime/log.js';
import type { Timers } from '../runtime/timers.js';
import type { WebhookCounters } from './counters.js';
import type { Message, Queue } from './queue.js';
import type { Send, SendFailure } from './sender.js';

/** What delivery works with. */
export interface DeliveryDependencies {
  readonly queue: Queue;
  readonly send: Send;
  /** Whether this instance may send now. While it may not, nothing is sent; `begin` starts anew. */
  readonly maySend: () => boolean;
  readonly counters: WebhookCounters;
  readonly clock: Clock;
  readonly timers: Timers;
  /** A number from 0 up to but not including 1. */
  readonly random: () => number;
  readonly log: Log;
  /** Named in the log. Not the whole address, which may include a secret. */
  readonly receiver: string;
}

const BACK_OFF = { firstMs: 1000, maxMs: 60_000 };
/** A single failure that the next attempt makes up for is counted and not logged. */
const FAILURES_BEFORE_LOG = 2;
const FINISH_TIMEOUT_MS = 1000;
/** A receiver that has restarted, or was sent events by a process that was about to be replaced, is right again then. */
const REFRESH_EVERY_MS = 300_000;

/** Sends what the queue holds, one message at a time so that their order holds, and repeats what fails. */
export class Delivery {
  readonly #dependencies: DeliveryDependencies;
  #state: 'off' | 'on' | 'finishing' | 'gone' = 'off';
  /** Aborts the request that is under way. */
  #request: AbortController | undefined;
  #cancelTimer = () => {};
  #cancelRefresh = () => {};
  /** Whether a snapshot is to be sent as soon as nothing else waits. */
  #isRefreshDue = false;
  #failures = 0;
  #retryAtMs = Number.NEGATIVE_INFINITY;
  #onFinished = () => {};

  constructor(dependencies: DeliveryDependencies) {
    this.#dependencies = dependencies;
  }

  /** Whether events are to be queued. */
  get isOn(): boolean {
    return this.#state === 'on';
  }

  /** Whether the receiver has accepted the last attempt, or there was none yet. */
  get isUp(): boolean {
    return this.#state !== 'gone' && this.#failures === 0;
  }

  /** Begins, or begins anew, with a snapshot. Not after the receiver has answered 410. */
  begin(): void {
    if (this.#state === 'gone') return;
    this.end();
    this.#state = 'on';
    const { queue, clock, timers } = this.#dependencies;
    queue.restart(clock.nowMs());
    this.#isRefreshDue = false;
    this.#cancelRefresh = timers.every(REFRESH_EVERY_MS, () => {
      this.#isRefreshDue = true;
      this.wake();
    });
    this.wake();
  }

  /** Looks whether something is to be sent. Call it whenever events were added to the queue. */
  wake(): void {
    this.#cancelTimer();
    const { queue, maySend, clock, timers } = this.#dependencies;
    if (this.#request !== undefined || this.#state === 'off' || this.#state === 'gone' || !maySend()) return;
    if (this.#isRefreshDue && this.#state === 'on' && queue.dueAtMs() === undefined) {
      this.#isRefreshDue = false;
      queue.restart(clock.nowMs());
    }
    const dueAtMs = queue.dueAtMs();
    if (dueAtMs === undefined) return this.#onFinished();
    const atMs = Math.max(this.#retryAtMs, this.#state === 'finishing' ? 0 : dueAtMs);
    const waitMs = atMs - clock.nowMs();
    if (waitMs > 0) this.#cancelTimer = timers.after(waitMs, () => this.wake());
    else void this.#attempt();
  }

  /** Sends what waits at once, for a second at most and unless the receiver fails, and ends. */
  async finish(): Promise<void> {
    const { timers } = this.#dependencies;
    if (this.#state === 'on' && this.#failures === 0) {
      this.#state = 'finishing';
      await new Promise<void>((resolve) => {
        this.#onFinished = resolve;
        timers.after(FINISH_TIMEOUT_MS, resolve);
        this.wake();
      });
    }
    this.end();
  }

  /** Ends at once, aborts the request that is under way, and drops what waits. */
  end(): void {
    if (this.#state !== 'gone') this.#state = 'off';
    this.#cancelTimer();
    this.#cancelRefresh();
    this.#request?.abort();
    this.#request = undefined;
    this.#dependencies.queue.clear();
  }

  async #attempt(): Promise<void> {
    const { queue, send, clock } = this.#dependencies;
    const message = queue.next(new Date(clock.wallMs()).toISOString());
    if (message === undefined) return;
    const request = new AbortController();
    this.#request = request;
    const result = await send(message, request.signal);
    // Delivery has ended, and may have begun anew, with a request of its own.
    if (this.#request !== request) return;
    this.#request = undefined;
    if (result.ok) this.#accept(message);
    else this.#refuse(result.error);
    this.wake();
  }

  #accept({ eventCount, sinceMs }: Message): void {
    const { queue, counters, clock, log, receiver } = this.#dependencies;
    if (this.#failures >= FAILURES_BEFORE_LOG) log.info('Webhooks are delivered again.', { receiver });
    this.#failures = 0;
    this.#retryAtMs = Number.NEGATIVE_INFINITY;
    queue.accept();
    counters.delivered += eventCount;
    if (eventCount === 0) counters.snapshots++;
    else counters.observeLag(clock.nowMs() - sinceMs);
  }

  #refuse({ problem, isGone }: SendFailure): void {
    const { queue, counters, clock, random, log, receiver } = this.#dependencies;
    counters.failures++;
    this.#failures++;
    if (isGone) {
      log.error('The receiver of webhooks answered 410. Nothing is sent to it until the service starts again.', {
        receiver,
      });
      this.end();
      this.#state = 'gone';
      return;
    }
    if (this.#failures === FAILURES_BEFORE_LOG) {
      log.error('Webhooks are not delivered. Attempts go on.', { receiver, problem });
    }
    this.#retryAtMs = clock.nowMs() + backOffMs(BACK_OFF, this.#failures, random);
    queue.refuse(clock.nowMs());
    // The rest would be lost with the process anyway, and its end must not wait.
    if (this.#state === 'finishing') this.#onFinished();
  }
}
