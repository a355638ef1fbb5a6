import type { Chunk } from './chunk.js';
import { type Frame, GZIP_HEADER, type GzipBlock, GzipTally } from './frame.js';
import { Outlet, type Sink } from './outlet.js';

/** Counts what all watchers together are sent. */
export interface StreamCounters {
  streamBytes: number;
  skippedFrames: number;
  evictedStreams: number;
  deferredStreams: number;
}

/** The options of one watcher. */
export interface WatcherOptions {
  /** When the stream must end, in monotonic milliseconds. */
  readonly endsAtMs: number;
  /** Whether the stream is compressed. */
  readonly gzip: boolean;
  readonly nowMs: () => number;
  readonly counters: StreamCounters;
  /** Called when a fault of the service has closed the stream. */
  readonly onError: (error: unknown) => void;
}

/** Bounds the queue when compression is slower than the events arrive. */
const MAX_COMPRESSING = 16;

/**
 * A client that holds an event stream open. At most one frame waits for a client that does not read; it is not sent the
 * frames that follow.
 */
export class Watcher {
  /** Since when bytes wait for the client to read them, in monotonic milliseconds; undefined while it keeps up. */
  stalledSinceMs: number | undefined;
  /** Whether the client was not sent the last frame, so that it now needs an initial frame. */
  isBehind = false;
  /** When the stream must end, in monotonic milliseconds. */
  readonly endsAtMs: number;
  readonly #outlet: Outlet;
  readonly #tally: GzipTally | undefined;
  readonly #nowMs: () => number;
  readonly #counters: StreamCounters;
  readonly #onError: (error: unknown) => void;
  /** Frames that are being compressed, oldest first. */
  readonly #compressing: { frame: Frame; block: GzipBlock | undefined }[] = [];
  #closingFrame: Frame | undefined;

  constructor(sink: Sink, options: WatcherOptions) {
    this.#outlet = new Outlet(sink, () => {
      // The closing frame may still be being compressed: then the client has yet to read that.
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

  /** False once the stream has ended or is ending. */
  get isOpen(): boolean {
    return this.#closingFrame === undefined && this.#outlet.isOpen;
  }

  /** Sends a frame, unless the client does not keep up: then it is skipped, and the watcher is behind. */
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

  /** Ends the stream properly, with a closing frame after all earlier ones. From now on the client counts as stalled. */
  end(closingFrame: Frame): void {
    if (!this.isOpen) return;
    this.#closingFrame = closingFrame;
    // From here on, only the client keeps the connection open.
    this.stalledSinceMs ??= this.#nowMs();
    if (this.#tally === undefined) this.#outlet.end(closingFrame.plain.bytes);
    else this.#compress(closingFrame);
  }

  /** Closes the connection at once. */
  destroy(): void {
    this.#outlet.destroy();
  }

  /** Compressions may finish in another order than they started. The blocks are written in the order of their frames. */
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
