import { commentText, retryText } from '../protocol/sse.js';
import { Frame } from './frame.js';

/** Why a stream ends, with the range of the time until its client reconnects. */
const REASONS = {
  /** It is too old, or makes room for a new one. */
  ended: { comment: '', minMs: 500, maxMs: 1500 },
  /** It gets no place now. */
  full: { comment: '', minMs: 1000, maxMs: 3000 },
  /** Requests now go to another process, which watchers should find before they miss anything. */
  moved: { comment: '', minMs: 200, maxMs: 1200 },
  restarting: { comment: commentText('the service is restarting'), minMs: 1000, maxMs: 5000 },
};

/** The frames that end streams. */
export class ClosingFrames {
  readonly #random: () => number;
  readonly #frames = new Map<string, Frame>();

  /** @param random a number from 0 up to but not including 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  /**
   * A closing frame with a random time to reconnect, in steps of 100 ms. Watchers with the same time share one: compressing a
   * frame takes a quarter of a megabyte for a moment, and a shutdown needs all of them at once.
   */
  get(reason: keyof typeof REASONS): Frame {
    const { comment, minMs, maxMs } = REASONS[reason];
    const text = comment + retryText(Math.round((minMs + (maxMs - minMs) * this.#random()) / 100) * 100);
    const frame = this.#frames.get(text) ?? new Frame(text);
    this.#frames.set(text, frame);
    return frame;
  }
}
