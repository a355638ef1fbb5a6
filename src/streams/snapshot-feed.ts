import type { Presence } from '../presence/presence.js';
import { DATA, END } from '../protocol/sse.js';
import type { Clock } from '../runtime/clock.js';
import { onlineTail, stamped, totalsTail } from './event-json.js';
import { Frame } from './frame.js';
import type { Feed } from './hub.js';

/** Draws up the part of an event that stays the same until somebody comes, goes, or turns active or idle. */
export type DrawTail = (presence: Presence, nowMs: number, room: string | undefined) => string;

/** Who is active and who is idle. */
export const drawOnline: DrawTail = (presence, nowMs, room) => onlineTail(presence.lists(nowMs, room));
/** How many are. */
export const drawTotals: DrawTail = (presence, nowMs, room) => totalsTail(presence.totals(nowMs, room));

/**
 * The whole state, every tick: `/sse/online` and `/sse/totals`. Encoded once per second, however many watch, and all but the
 * time only when something has changed.
 */
export class SnapshotFeed implements Feed {
  readonly #presence: Presence;
  readonly #clock: Clock;
  readonly #room: string | undefined;
  readonly #drawTail: DrawTail;
  #tail = Buffer.alloc(0);
  #version = -1;
  #second = -1;
  #frame: Frame | undefined;

  constructor(presence: Presence, clock: Clock, room: string | undefined, drawTail: DrawTail) {
    this.#presence = presence;
    this.#clock = clock;
    this.#room = room;
    this.#drawTail = drawTail;
  }

  initialFrame(): Frame {
    return this.tickFrame();
  }

  tickFrame(): Frame {
    const nowMs = this.#clock.nowMs();
    const wallMs = this.#clock.wallMs();
    const version = this.#presence.version(nowMs, this.#room);
    const second = Math.floor(wallMs / 1000);
    if (this.#frame !== undefined && version === this.#version && second === this.#second) return this.#frame;
    if (version !== this.#version)
      this.#tail = Buffer.from(`${this.#drawTail(this.#presence, nowMs, this.#room)}${END}`);
    this.#version = version;
    this.#second = second;
    this.#frame = new Frame(DATA + stamped(wallMs, ''), this.#tail);
    return this.#frame;
  }
}
