import type { View, ViewRequest } from '../../protocol/messages.js';
import { createBackoff } from '../client/backoff.js';
import type { ViewAsker, ViewCarrier } from '../client/ports.js';
import type { SourcePorts, ViewAnswer } from './source-ports.js';
import type { Wanted } from './wanted.js';

/** Where the service does not say how often, as there are no heartbeats. */
const DEFAULT_INTERVAL_MS = 30_000;
/** Elements come by the hundred, and are asked for together. */
export const GATHER_MS = 250;
const MIN_GAP_MS = 1000;
/** At most so many requests per interval refresh what is shown. */
const REQUESTS_PER_INTERVAL = 10;
/** Heartbeats come a little later than their interval, and carry the request if they are waited for. */
const PATIENCE = 1.2;
/** How long a visitor script that is still loading is waited for: its token may show more. */
const CARRIER_WAIT_MS = 3000;
const MAX_RETRY_MS = 300_000;
const FAILURES_UNTIL_HINT = 4;
/** A page that was hidden for a moment has recent answers. */
const RECENT_MS = 2000;
/** What was answered this many intervals ago is no longer shown. */
const MAX_AGE_INTERVALS = 3;

/**
 * Asks for what the elements want: with the heartbeats of the visitor script where there is one, else, or where the page
 * has a watch token, with requests of its own. Pauses while the page is hidden.
 */
export class Source implements ViewAsker {
  readonly #wanted: Wanted;
  readonly #ports: SourcePorts;
  readonly #backoff;
  readonly #startMs: number;
  readonly #warned = new Set<string>();
  #isHidden = false;
  #isCarried = false;
  /** The service has refused a heartbeat of this one because of what it asked for. */
  #refused: ViewCarrier | undefined;
  #carried: ViewRequest | undefined;
  #isFetching = false;
  #isGathering = false;
  #here: string | undefined;
  /** When the last request was sent or answered. */
  #lastMs = Number.NEGATIVE_INFINITY;
  /** No request before this time: an answer is awaited, or a request has failed. */
  #heldUntilMs = Number.NEGATIVE_INFINITY;

  constructor(wanted: Wanted, ports: SourcePorts) {
    this.#wanted = wanted;
    this.#ports = ports;
    this.#backoff = createBackoff(ports.random);
    this.#startMs = ports.nowMs();
  }

  /** The room of the page's heartbeats. */
  get here(): string | undefined {
    return this.#ports.carrier()?.room();
  }

  /** Answers before this time are too old to be shown. */
  get shownSinceMs(): number {
    return this.#ports.nowMs() - MAX_AGE_INTERVALS * Math.max(this.#refreshMs(), DEFAULT_INTERVAL_MS);
  }

  /** Other things are wanted. */
  change(): void {
    // Not anew at each change, as they may come without end.
    if (this.#isFetching || this.#isGathering) return;
    this.#isGathering = true;
    this.#ports.schedule(GATHER_MS);
  }

  /** The page is hidden or shown. */
  followVisibility(): void {
    const isHidden = this.#ports.isHidden();
    if (isHidden === this.#isHidden) return;
    this.#isHidden = isHidden;
    if (isHidden) return;
    this.#wanted.expire(this.#ports.nowMs() - RECENT_MS);
    this.change();
  }

  /** Sends the request that is due. Schedules the next. */
  wake(): void {
    this.#isGathering = false;
    this.followVisibility();
    if (this.#isHidden || this.#isFetching) return;
    const nowMs = this.#ports.nowMs();
    const carrier = this.#carrier();
    if (carrier === undefined) this.#isCarried = false;
    const mayWait = nowMs - this.#startMs < CARRIER_WAIT_MS;
    if (!this.#ports.carrier() && mayWait && this.#ports.isCarrierExpected()) return this.#ports.schedule(GATHER_MS);
    const refreshMs = this.#refreshMs();
    const oldestMs = this.#wanted.oldestMs(this.here);
    const gapMs = oldestMs === Number.NEGATIVE_INFINITY ? MIN_GAP_MS : refreshMs / REQUESTS_PER_INTERVAL;
    const atMs = Math.max(oldestMs + refreshMs, this.#lastMs + Math.max(gapMs, MIN_GAP_MS), this.#heldUntilMs);
    if (atMs === Number.POSITIVE_INFINITY) return;
    if (atMs > nowMs) return this.#ports.schedule(atMs - nowMs);
    this.#lastMs = nowMs;
    const sinceMs = nowMs - refreshMs / 2;
    if (carrier && this.#wanted.next(sinceMs, carrier.room(), true)) {
      // Until the answer arrives nothing else is sent: the heartbeats have their own retries.
      this.#heldUntilMs = nowMs + refreshMs;
      this.#ports.schedule(refreshMs);
      carrier.beat();
      this.#ports.onAnswer();
      return;
    }
    const request = this.#wanted.next(sinceMs, this.here, false);
    if (request) void this.#fetch(request);
  }

  next(room: string | undefined): ViewRequest | undefined {
    this.followVisibility();
    this.#carried = undefined;
    if (this.#isHidden || this.#ports.hasToken()) return undefined;
    // A visitor's token may show what was kept from the page so far.
    if (!this.#isCarried) this.#wanted.expire(Number.POSITIVE_INFINITY);
    this.#isCarried = true;
    if (room !== this.#here) {
      this.#here = room;
      this.#ports.onAnswer();
    }
    this.#carried = this.#wanted.next(this.#ports.nowMs() - this.#refreshMs() / 2, room, true);
    return this.#carried;
  }

  receive(view: View | undefined): void {
    const request = this.#carried;
    if (view === undefined || request === undefined) this.#refused = this.#ports.carrier();
    else this.#store(request, view);
    this.#lastMs = this.#ports.nowMs();
    this.#heldUntilMs = Number.NEGATIVE_INFINITY;
    this.wake();
  }

  #carrier(): ViewCarrier | undefined {
    const carrier = this.#ports.hasToken() ? undefined : this.#ports.carrier();
    return carrier !== this.#refused && carrier?.isRunning() ? carrier : undefined;
  }

  #refreshMs(): number {
    const ownMs = this.#ports.intervalMs();
    const carrier = this.#carrier();
    if (carrier === undefined) return ownMs ?? DEFAULT_INTERVAL_MS;
    return Math.min(ownMs ?? Number.POSITIVE_INFINITY, carrier.intervalMs() * PATIENCE);
  }

  async #fetch(request: ViewRequest): Promise<void> {
    this.#isFetching = true;
    const answer = await this.#ports.fetchView(request).catch(() => undefined);
    this.#isFetching = false;
    this.#lastMs = this.#ports.nowMs();
    if (answer?.view) {
      this.#heldUntilMs = Number.NEGATIVE_INFINITY;
      this.#backoff.reset();
      this.#store(request, answer.view);
    } else {
      const delayMs = this.#backoff.fail(MAX_RETRY_MS);
      this.#heldUntilMs = this.#ports.nowMs() + Math.max(delayMs, 1000 * (answer?.retryAfterSeconds ?? 0));
      this.#explain(answer);
      this.#ports.onAnswer();
    }
    this.wake();
  }

  #store(request: ViewRequest, view: View): void {
    this.#wanted.store(request, view, this.#ports.nowMs());
    for (const part of view.forbidden ?? []) {
      this.#warnOnce(part, `elements show no ${part}: the service's PUBLIC_VIEW and the token do not allow it.`);
    }
    this.#ports.onAnswer(request, view);
  }

  #explain(answer: ViewAnswer | undefined): void {
    if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
      this.#warnOnce('status', `elements show nothing, as the service answered ${answer.status}. ${answer.message}`);
    } else if (!answer && this.#backoff.failures() === FAILURES_UNTIL_HINT) {
      const hint = 'Does its CORS_ALLOW_ORIGIN name the origin of this page?';
      this.#warnOnce('network', `elements cannot reach the service and keep trying. ${hint}`);
    }
  }

  #warnOnce(key: string, message: string): void {
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#ports.warn(message);
  }
}
