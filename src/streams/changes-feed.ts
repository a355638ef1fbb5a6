import type { Presence } from '../presence/presence.js';
import type { Diff } from '../presence/types.js';
import { commentText, eventText } from '../protocol/sse.js';
import type { Clock } from '../runtime/clock.js';
import { ChangeRing, type RingLimits } from './change-ring.js';
import { changeTail, snapshotTail, stamped } from './event-json.js';
import { Frame } from './frame.js';
import type { Feed } from './hub.js';

/** Proxies and browsers give up on a connection that is silent for long; the contract says 15 s. */
const LONGEST_SILENCE_MS = 15_000;
/** Those who lost their connections together come back with one id, or a few. Others ask for what nobody else will. */
const MAX_REPLAYS = 8;
const UP_TO_DATE = new Frame(commentText('nothing missed'));
const STILL_HERE = new Frame(commentText('still here'));

/** What a feed of changes works with. */
export interface ChangesFeedDependencies {
  readonly presence: Presence;
  readonly clock: Clock;
  readonly room: string | undefined;
  readonly limits: RingLimits;
  /** Time between two ticks. */
  readonly tickIntervalMs: number;
  /** Names this process, so that an event id of another one is known as such. */
  readonly processId: string;
  /** Tells all feeds what has changed up to now. */
  readonly flush: () => void;
  /** The number of the last flush that told of a change anywhere. */
  readonly flushNumber: () => number;
}

/** A snapshot, then only what changes: `/sse/changes`. */
export class ChangesFeed implements Feed {
  readonly #dependencies: ChangesFeedDependencies;
  readonly #ring: ChangeRing;
  #snapshot: { readonly number: number; readonly second: number; readonly frame: Frame } | undefined;
  /** What those who come back with the same event id get; good until the next change. Each may be as long as the ring. */
  readonly #replays = new Map<number, Frame>();
  #lastSentMs: number;

  constructor(dependencies: ChangesFeedDependencies) {
    this.#dependencies = dependencies;
    this.#ring = new ChangeRing(dependencies.limits, dependencies.flushNumber());
    this.#lastSentMs = dependencies.clock.nowMs();
  }

  /** The changes missed since `lastEventId`, when all of them are kept, else a snapshot. */
  initialFrame(lastEventId?: string): Frame {
    // Whoever comes now starts from what everybody else has been told, or would be told the difference twice.
    this.#dependencies.flush();
    const number = this.#numberOf(lastEventId);
    return (number === undefined ? undefined : this.#replay(number)) ?? this.#drawSnapshot();
  }

  /** A comment, when nothing else has been sent for so long that the next tick might be too late. */
  tickFrame(): Frame | undefined {
    const { clock, tickIntervalMs } = this.#dependencies;
    if (clock.nowMs() + tickIntervalMs - this.#lastSentMs <= LONGEST_SILENCE_MS) return undefined;
    this.#lastSentMs = clock.nowMs();
    return STILL_HERE;
  }

  /** Takes in what a flush told of this place, and gives back what its watchers are to be sent. */
  record(changes: Diff, number: number): Frame {
    const { clock, processId } = this.#dependencies;
    const text = eventText(stamped(clock.wallMs(), changeTail(changes)), 'change', `${processId}-${number}`);
    this.#ring.add(number, text);
    this.#snapshot = undefined;
    this.#replays.clear();
    this.#lastSentMs = clock.nowMs();
    return new Frame(text);
  }

  #numberOf(eventId: string | undefined): number | undefined {
    const [, processId, digits] = /^([0-9a-z]+)-(\d{1,15})$/.exec(eventId ?? '') ?? [];
    if (processId !== this.#dependencies.processId) return undefined;
    const number = Number(digits);
    return number <= this.#dependencies.flushNumber() ? number : undefined;
  }

  #replay(number: number): Frame | undefined {
    const known = this.#replays.get(number);
    if (known !== undefined) return known;
    const texts = this.#ring.since(number);
    if (texts === undefined) return undefined;
    if (texts.length === 0) return UP_TO_DATE;
    const frame = new Frame(texts.join(''));
    if (this.#replays.size >= MAX_REPLAYS) this.#replays.delete(this.#replays.keys().next().value!);
    this.#replays.set(number, frame);
    return frame;
  }

  #drawSnapshot(): Frame {
    const { presence, clock, room, processId, flushNumber } = this.#dependencies;
    const second = Math.floor(clock.wallMs() / 1000);
    if (this.#snapshot?.second === second) return this.#snapshot.frame;
    const nowMs = clock.nowMs();
    const tail = snapshotTail(presence.totals(nowMs, room), presence.members(nowMs, room));
    const number = flushNumber();
    const frame = new Frame(eventText(stamped(clock.wallMs(), tail), 'snapshot', `${processId}-${number}`));
    this.#snapshot = { number, second, frame };
    return frame;
  }
}
