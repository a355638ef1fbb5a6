import type { ErrorCode } from '../protocol/errors.js';

/** What has happened since the start, in plain numbers, as a heartbeat must not pay for being counted. */
export class Counters {
  /** Heartbeats and goodbyes taken. */
  heartbeats = 0;
  leaves = 0;
  /** Bytes handed to streams, before the connection's own framing. */
  streamBytes = 0;
  /** Frames that passed a watcher by because it did not keep up. */
  skippedFrames = 0;
  /** Requests refused, by code. */
  readonly rejections = new Map<ErrorCode, number>();

  /** Counts a refusal. */
  countRejection(code: ErrorCode): void {
    this.rejections.set(code, (this.rejections.get(code) ?? 0) + 1);
  }
}
