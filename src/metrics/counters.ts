import type { ErrorCode } from '../protocol/errors.js';

/** What has happened since the start, in plain numbers, as a heartbeat must not pay for being counted. */
export class Stats {
  /** Heartbeats and goodbyes taken. */
  hits = 0;
  leaves = 0;
  /** Bytes handed to streams, before the connection's own framing. */
  streamBytes = 0;
  /** Frames that passed a watcher by because it did not keep up. */
  skippedFrames = 0;
  /** Requests refused, by code. */
  readonly errors = new Map<ErrorCode, number>();

  /** Counts a refusal. */
  countError(code: ErrorCode): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }
}
