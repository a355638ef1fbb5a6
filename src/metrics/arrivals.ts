import type { IncomingHttpHeaders } from 'node:http';
import { type ErrorCode, errorMessage } from '../protocol/errors.js';
import type { Arrival, RefusedArrival } from '../protocol/messages.js';
import type { Clock } from '../runtime/clock.js';
import type { Log } from '../runtime/log.js';
import { pageOrigin } from './page-origin.js';
import { refusedText } from './refused-text.js';
import { type Seen, Tally } from './tally.js';

const MAX_ORIGINS = 50;
const MAX_REFUSALS = 100;
const HOUR_MS = 3_600_000;
/** Strangers choose the origins, so the lines of all kinds together are bounded too. */
const MAX_LINES_PER_HOUR = 50;

interface OfOrigin {
  readonly origin: string | null;
}

interface Refusal extends OfOrigin {
  readonly code: ErrorCode;
  /** The beginning of the last body that could not be read. */
  text: string | undefined;
  /** When it was logged last, by the monotonic clock. */
  loggedMs: number;
}

/**
 * What pages have fetched and sent since the start, by their origin, so that whoever sets up a site sees why its visitors
 * do not appear. Knows no uids and no addresses. Bounded in memory: what was seen longest ago gives way.
 */
export class Arrivals {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #startedMs: number;
  readonly #scripts = new Tally<OfOrigin>(MAX_ORIGINS);
  readonly #heartbeats = new Tally<OfOrigin>(MAX_ORIGINS);
  readonly #refusals = new Tally<Refusal>(MAX_REFUSALS);
  #hour = 0;
  #linesOfHour = 0;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
    this.#startedMs = clock.wallMs();
  }

  /** Counts a request for the visitor script. */
  countScript(headers: IncomingHttpHeaders): void {
    this.#count(this.#scripts, headers);
  }

  /** Counts an accepted heartbeat. */
  countHeartbeat(headers: IncomingHttpHeaders): void {
    this.#count(this.#heartbeats, headers);
  }

  /**
   * Counts a refused heartbeat, and logs the first of its origin and code in an hour, but no fault of the service.
   *
   * @param body the whole body, if it could not be read as JSON
   */
  countRefusal(headers: IncomingHttpHeaders, code: ErrorCode, body?: Buffer): void {
    const origin = pageOrigin(headers);
    const describe = () => ({ origin, code, text: undefined, loggedMs: Number.NEGATIVE_INFINITY });
    const refusal = this.#refusals.add(`${code} ${origin ?? ''}`, this.#clock.wallMs(), describe);
    if (body !== undefined) refusal.text = refusedText(body);
    // A fault of the service is logged with its cause where it happens.
    if (code !== 'internal') this.#logOncePerHour(refusal);
  }

  /** When counting began, in whole Unix seconds. */
  get since(): number {
    return seconds(this.#startedMs);
  }

  /** Who fetched the visitor script, the latest first. */
  get scripts(): Arrival[] {
    return this.#scripts.newestFirst.map(arrival);
  }

  /** Whose heartbeats were accepted, the latest first. */
  get heartbeats(): Arrival[] {
    return this.#heartbeats.newestFirst.map(arrival);
  }

  /** Whose heartbeats were refused and why, the latest first. */
  get refusals(): RefusedArrival[] {
    return this.#refusals.newestFirst.map(({ code, text, ...seen }) => ({
      ...arrival(seen),
      error: code,
      message: errorMessage(code),
      ...(text !== undefined && { text }),
    }));
  }

  #count(tally: Tally<OfOrigin>, headers: IncomingHttpHeaders): void {
    // An origin that is counted already is well-formed: a heartbeat does not pay for checking it.
    const { origin: header } = headers;
    const origin = header !== undefined && tally.has(header) ? header : pageOrigin(headers);
    tally.add(origin ?? '', this.#clock.wallMs(), () => ({ origin }));
  }

  #logOncePerHour(refusal: Refusal & Seen): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - refusal.loggedMs < HOUR_MS) return;
    const hour = Math.floor(nowMs / HOUR_MS);
    if (hour !== this.#hour) [this.#hour, this.#linesOfHour] = [hour, 0];
    this.#linesOfHour++;
    if (this.#linesOfHour > MAX_LINES_PER_HOUR) return;
    refusal.loggedMs = nowMs;
    const { origin, code, count } = refusal;
    this.#log.warn(`Heartbeats are refused. ${errorMessage(code)}`, { origin, code, count });
    if (this.#linesOfHour < MAX_LINES_PER_HOUR) return;
    this.#log.warn('Further kinds of refused heartbeats are not logged within this hour; GET /v1/setup lists them.');
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

const arrival = ({ origin, count, lastMs }: OfOrigin & Seen): Arrival => ({ origin, count, last: seconds(lastMs) });
