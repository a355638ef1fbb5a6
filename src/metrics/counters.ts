import type { ErrorCode } from '../protocol/errors.js';

/** What has happened since the start, as plain numbers: counting must not slow down heartbeats. */
export class Counters {
  /** Heartbeats and leaves accepted. */
  heartbeats = 0;
  leaves = 0;
  /** Bytes written to streams, without the chunk framing of HTTP. */
  streamBytes = 0;
  /** Frames that a watcher was not sent because it did not keep up. */
  skippedFrames = 0;
  /** Streams ended to make room for newer ones. */
  evictedStreams = 0;
  /** Streams that got no place, only a time to reconnect. */
  deferredStreams = 0;
  /** Rejected requests, by error code. */
  readonly rejections = new Map<ErrorCode, number>();

  /** Counts a rejected request. */
  countRejection(code: ErrorCode): void {
    this.rejections.set(code, (this.rejections.get(code) ?? 0) + 1);
  }
}
