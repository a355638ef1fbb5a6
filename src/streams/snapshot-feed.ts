import type { Presence } from '../presence/presence.js';
import { DATA, END, eventData } from '../protocol/sse.js';
import type { Clock } from '../runtime/clock.js';
import { finish } from '../runtime/parts.js';
import { onlineTailPieces, stamped, totalsTail } from './event-json.js';
import { Frame } from './frame.js';
import type { Feed } from './hub.js';

/**
 * Encodes the part of an event that stays the same until the status of some visitor changes, in steps. Each returns a piece
 * of limited length, or undefined.
 */
export type EncodeTail = (presence: Presence, nowMs: number, room: string | undefined) => Iterable<string | undefined>;

/** The uids of active and idle visitors: `/sse/online`. */
export const encodeOnline: EncodeTail = function* (presence, nowMs, room) {
  const lists = yield* presence.listsInSteps(nowMs, room);
  yield* onlineTailPieces(lists);
};
/** Their numbers: `/sse/totals`. */
export const encodeTotals: EncodeTail = (presence, nowMs, room) => [totalsTail(presence.totals(nowMs, room))];

/**
 * The whole state at every tick, `/sse/online` and `/sse/totals`; the totals after every flush that moves them, too. It is
 * encoded once per second for all watchers; the part behind the time only when something has changed.
 */
export class SnapshotFeed implements Feed {
  readonly #presence: Presence;
  readonly #clock: Clock;
  readonly #room: string | undefined;
  readonly #encodeTail: EncodeTail;
  #tail: readonly Buffer[] = [];
  #version = -1;
  #flushedVersion = -1;
  #startedPreparations = 0;
  /** The number of the preparation whose tail this is. */
  #preparation = 0;
  #second = -1;
  #frame: Frame | undefined;

  constructor(presence: Presence, clock: Clock, room: string | undefined, encodeTail: EncodeTail) {
    this.#presence = presence;
    this.#clock = clock;
    this.#room = room;
    this.#encodeTail = encodeTail;
  }

  initialFrame(): Frame {
    finish(this.prepare());
    return this.tickFrame();
  }

  /** The frame for all watchers after a flush; undefined when an earlier flush has sent this state already. */
  flushFrame(): Frame | undefined {
    const frame = this.initialFrame();
    if (this.#flushedVersion === this.#version) return undefined;
    this.#flushedVersion = this.#version;
    return frame;
  }

  *prepare(): Generator<void> {
    const nowMs = this.#clock.nowMs();
    const version = this.#presence.version(nowMs, this.#room);
    if (version === this.#version) return;
    const preparation = ++this.#startedPreparations;
    const tail: Buffer[] = [];
    for (const piece of this.#encodeTail(this.#presence, nowMs, this.#room)) {
      if (piece !== undefined) tail.push(Buffer.from(eventData(piece)));
      yield;
    }
    // A new watcher may have been sent a later state in between, and must not go back to this one.
    if (preparation < this.#preparation) return;
    this.#tail = [...tail, Buffer.from(END)];
    this.#version = version;
    this.#preparation = preparation;
    this.#frame = undefined;
  }

  /** As of the last preparation. */
  tickFrame(): Frame {
    const wallMs = this.#clock.wallMs();
    const second = Math.floor(wallMs / 1000);
    if (this.#frame === undefined || second !== this.#second)
      this.#frame = new Frame(DATA + stamped(wallMs, ''), ...this.#tail);
    this.#second = second;
    return this.#frame;
  }
}
