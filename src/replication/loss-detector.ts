import { addedMs, compareIds, FIRST_ID, type LogConnection } from './log/shared-log.js';

/** Entries of this age may be missing because another instance, whose clock offset differs a little, has trimmed the log. */
const MARGIN_MS = 500;

/**
 * Notices that the log has lost entries: it was cleared, restored from an old snapshot, or replaced by a replica that
 * lags behind. It looks up entries that this instance has seen there, and needs no command but a look-up.
 */
export class LossDetector {
  readonly #horizonMs: number;
  /** The latest entry that this instance has read or added. */
  #newestId = FIRST_ID;
  /** Seen before the last check, so it is older than anything that was lost later. */
  #anchorId = FIRST_ID;

  /** @param horizonMs the age at which entries are removed from the log */
  constructor(horizonMs: number) {
    this.#horizonMs = horizonMs;
  }

  /** Records an entry that was read from the log, or added to it. */
  see(id: string): void {
    if (compareIds(id, this.#newestId) > 0) this.#newestId = id;
  }

  /**
   * Whether entries were lost since the last check.
   *
   * A cleared log may get new entries before the check, and this instance may see them. So the check looks for an entry
   * that was seen before the previous check, and not for the newest one.
   *
   * @param nowMs by the log's clock
   */
  async check(connection: LogConnection, nowMs: number): Promise<boolean> {
    const [anchorId, nextAnchorId] = [this.#anchorId, this.#newestId];
    const isKept = addedMs(anchorId) > nowMs - this.#horizonMs + MARGIN_MS;
    const isLost = isKept && !(await connection.has(anchorId));
    // What was seen before the loss would be reported again.
    if (isLost) this.#newestId = FIRST_ID;
    this.#anchorId = isLost ? FIRST_ID : nextAnchorId;
    return isLost;
  }
}
