import type { Presence } from '../presence/presence.js';
import type { Diff } from '../presence/types.js';
import { commentText, eventText } from '../protocol/sse.js';
import type { Clock } from '../runtime/clock.js';
import { ChangeRing, type RingLimits } from './change-ring.js';
import { changeTail, snapshotTail, stamped } from './event-json.js';
import { Frame } from './frame.js';
import type { Feed } from './hub.js';

/** Proxies and browsers close connections that are silent for long. The contract says 15 s. */
const MAX_SILENCE_MS = 15_000;
/** Watchers that lost their connections together return with the same event id, or a few. Other replays are not shared. */
const MAX_REPLAYS = 8;
const UP_TO_DATE = new Frame(commentText('nothing missed'));
const STILL_HERE = new Frame(commentText('still here'));

/** What a feed of changes works with. */
export interface ChangesFeedDependencies {
  readonly presence: Presence;
  readonly clock: Clock;
  readonly room: string | undefined;
  readonly limits: RingLimits;
  /** The time between two ticks. */
  readonly tickIntervalMs: number;
  /** Marks the event ids of this process: those of other processes cannot be continued here. */
  readonly processId: string;
  /** The number of the last flush with a change anywhere. */
  readonly flushNumber: () => number;
}

/** One snapshot, then diffs: `/sse/changes`. */
export class ChangesFeed implements Feed {
  readonly #dependencies: ChangesFeedDependencies;
  readonly #ring: ChangeRing;
  /** Valid until the next diff of this place; the frame for a second only, since it contains the time. */
  #snapshot: { readonly tail: string; readonly second: number; readonly frame: Frame } | undefined;
  /** Shared by watchers that return with the same event id; valid until the next diff. Each may be as long as the ring. */
  readonly #replays = new Map<number, Frame>();
  #lastSentMs: number;

  constructor(dependencies: ChangesFeedDependencies) {
    this.#dependencies = dependencies;
    this.#ring = new ChangeRing(dependencies.limits, dependencies.flushNumber());
    this.#lastSentMs = dependencies.clock.nowMs();
  }

  /**
   * The diffs since `lastEventId` when the ring has all of them, else a snapshot. Both are of the last flush: flushing for a
   * new watcher would multiply the events of all others.
   */
  initialFrame(lastEventId?: string): Frame {
    const number = this.#numberOf(lastEventId);
    return (number === undefined ? undefined : this.#replay(number)) ?? this.#snapshotFrame();
  }

  /** A comment, when the next tick might exceed the longest allowed silence. */
  tickFrame(): Frame | undefined {
    const { clock, tickIntervalMs } = this.#dependencies;
    if (clock.nowMs() + tickIntervalMs - this.#lastSentMs <= MAX_SILENCE_MS) return undefined;
    this.#lastSentMs = clock.nowMs();
    return STILL_HERE;
  }

  /** Records a diff, and returns the frame for all watchers. @param number the number of its flush */
  record(diff: Diff, number: number): Frame {
    const { clock, processId } = this.#dependencies;
    const text = eventText(stamped(clock.wallMs(), changeTail(diff)), 'change', `${processId}-${number}`);
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

  #snapshotFrame(): Frame {
    const { presence, clock, room, processId, flushNumber } = this.#dependencies;
    const second = Math.floor(clock.wallMs() / 1000);
    if (this.#snapshot?.second === second) return this.#snapshot.frame;
    const tail = this.#snapshot?.tail ?? snapshotTail(presence.flushedMembers(room));
    const frame = new Frame(eventText(stamped(clock.wallMs(), tail), 'snapshot', `${processId}-${flushNumber()}`));
    this.#snapshot = { tail, second, frame };
    return frame;
  }
}
