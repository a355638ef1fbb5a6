import type { Chunk } from './chunk.js';
import { type Frame, GZIP_HEADER, type GzipBlock, GzipTally } from './frame.js';
import { Outlet, type Sink } from './outlet.js';

/** What all watchers together have been sent. */
export interface StreamCounters {
  streamBytes: number;
  skippedFrames: number;
}

/** How one watcher is served. */
export interface WatcherOptions {
  /** When the stream is to end, in monotonic milliseconds. */
  readonly endsAtMs: number;
  /** Whether the client takes its stream compressed. */
  readonly gzip: boolean;
  readonly nowMs: () => number;
  readonly counters: StreamCounters;
  /** Told when the stream had to be dropped because of a fault of the service's own. */
  readonly onError: (error: unknown) => void;
}

/** Compression that is slower than the events come must not pile them up. */
const MAX_COMPRESSING = 16;

/**
 * A client that holds an event stream open. Holds at most one frame that the client has not taken yet: while it does not
 * read, frames pass it by.
 */
export class Watcher {
  /** Since when the client has left bytes unread, in monotonic milliseconds; undefined while it keeps up. */
  stalledSinceMs: number | undefined;
  /** Whether the last frame has passed it by, so that the next one it is sent must not build on it. */
  isBehind = false;
  /** When the stream is to end, in monotonic milliseconds. */
  readonly endsAtMs: number;
  readonly #outlet: Outlet;
  readonly #tally: GzipTally | undefined;
  readonly #nowMs: () => number;
  readonly #counters: StreamCounters;
  readonly #onError: (error: unknown) => void;
  /** Frames handed over but still being compressed, oldest first. */
  readonly #compressing: { frame: Frame; block: GzipBlock | undefined }[] = [];
  #closingFrame: Frame | undefined;

  constructor(sink: Sink, options: WatcherOptions) {
    this.#outlet = new Outlet(sink, () => {
      // Who has caught up while its last words are being compressed may still not take those.
      this.stalledSinceMs = this.#closingFrame === undefined ? undefined : this.#nowMs();
    });
    this.#onError = options.onError;
    this.endsAtMs = options.endsAtMs;
    this.#nowMs = options.nowMs;
    this.#counters = options.counters;
    if (options.gzip) {
      this.#tally = new GzipTally();
      this.#write(GZIP_HEADER);
    }
  }

  /** False once the stream has ended, or been told to. */
  get isOpen(): boolean {
    return this.#closingFrame === undefined && this.#outlet.isOpen;
  }

  /** Sends a frame, unless the client does not keep up; then the frame is lost to it, and it is behind. */
  send(frame: Frame): void {
    if (!this.isOpen) return;
    this.isBehind = this.stalledSinceMs !== undefined || this.#compressing.length >= MAX_COMPRESSING;
    if (this.isBehind) {
      this.#counters.skippedFrames++;
      return;
    }
    if (this.#tally === undefined) this.#write(frame.plain);
    else this.#compress(frame);
  }

  /** Ends the stream as a complete one, with a last frame after what was sent before. The time the client takes counts as stalled. */
  end(closingFrame: Frame): void {
    if (!this.isOpen) return;
    this.#closingFrame = closingFrame;
    // From here on it is only the client that keeps the connection open.
    this.stalledSinceMs ??= this.#nowMs();
    if (this.#tally === undefined) this.#outlet.end(closingFrame.plain.bytes);
    else this.#compress(closingFrame);
  }

  /** Drops the connection without a word. */
  destroy(): void {
    this.#outlet.destroy();
  }

  /** Blocks may be done in another order than they were begun; they are written in the order they were begun. */
  #compress(frame: Frame): void {
    const place: { frame: Frame; block: GzipBlock | undefined } = { frame, block: undefined };
    this.#compressing.push(place);
    frame
      .gzip()
      .then((block) => {
        place.block = block;
        this.#writeCompressed();
      })
      .catch((error: unknown) => {
        this.destroy();
        this.#onError(error);
      });
  }

  #writeCompressed(): void {
    for (let first = this.#compressing[0]; first?.block !== undefined; first = this.#compressing[0]) {
      this.#compressing.shift();
      if (!this.#outlet.isOpen) return;
      this.#tally!.add(first.block);
      this.#write(first.block.chunk);
      if (first.frame === this.#closingFrame) this.#outlet.end(this.#tally!.trailer());
    }
  }

  #write(chunk: Chunk): void {
    this.#counters.streamBytes += chunk.bytes.length;
    if (!this.#outlet.write(chunk)) this.stalledSinceMs ??= this.#nowMs();
  }
}
