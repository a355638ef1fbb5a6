import type { Presence } from '../presence/presence.js';
import { DATA, END, eventData } from '../protocol/sse.js';
import type { Clock } from '../runtime/clock.js';
import { onlineTail, stamped, totalsTail } from './event-json.js';
import { Frame } from './frame.js';
import type { Feed } from './hub.js';

/** Encodes the part of an event that stays the same until the status of some visitor changes. */
export type EncodeTail = (presence: Presence, nowMs: number, room: string | undefined) => string;

/** The uids of active and idle visitors: `/sse/online`. */
export const encodeOnline: EncodeTail = (presence, nowMs, room) => onlineTail(presence.lists(nowMs, room));
/** Their numbers: `/sse/totals`. */
export const encodeTotals: EncodeTail = (presence, nowMs, room) => totalsTail(presence.totals(nowMs, room));

/**
 * The whole state at every tick, `/sse/online` and `/sse/totals`; the totals after every flush that moves them, too. It is
 * encoded once per second for all watchers; the part behind the time only when something has changed.
 */
export class SnapshotFeed implements Feed {
  readonly #presence: Presence;
  readonly #clock: Clock;
  readonly #room: string | undefined;
  readonly #encodeTail: EncodeTail;
  #tail = Buffer.alloc(0);
  #version = -1;
  #second = -1;
  #frame: Frame | undefined;

  constructor(presence: Presence, clock: Clock, room: string | undefined, encodeTail: EncodeTail) {
    this.#presence = presence;
    this.#clock = clock;
    this.#room = room;
    this.#encodeTail = encodeTail;
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
      this.#tail = Buffer.from(`${eventData(this.#encodeTail(this.#presence, nowMs, this.#room))}${END}`);
    this.#version = version;
    this.#second = second;
    this.#frame = new Frame(DATA + stamped(wallMs, ''), this.#tail);
    return this.#frame;
  }
}
