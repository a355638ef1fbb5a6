/** The requests of one visitor and their answers, in monotonic milliseconds. */
interface VisitorRecord {
  hitSentMs: number;
  hitAnsweredMs: number;
  leaveSentMs: number;
  leaveAnsweredMs: number;
}

const ONLINE_WINDOW_MS = 60_000;
const SETTLE_MS = 3000;
const TICK_MS = 2000;
const TRANSFER_MS = 1000;
const TOLERANCE_MS = TICK_MS + TRANSFER_MS;
const NEVER_MS = Number.NEGATIVE_INFINITY;
const MAX_PRINTED = 5;

/** What is wrong in the views of the watchers. */
export interface Findings {
  /** Visitors that were absent from a view although they were online for more than a tick. */
  missed: number;
  /** Visitors that were in a view although they were offline for more than a tick, or did not exist. */
  phantom: number;
  /** Events that arrived more than one tick after they were made. */
  late: number;
  /** Views that were compared. */
  views: number;
}

/** Records what visitors sent, and so knows which visitors a view must and must not contain. */
export class Oracle {
  readonly findings: Findings = { missed: 0, phantom: 0, late: 0, views: 0 };
  readonly #records = new Map<string, VisitorRecord>();
  #startedMs = NEVER_MS;
  #fillingUntilMs = NEVER_MS;
  #lastText: string | undefined;

  /**
   * A service starts now without any visitor: heartbeats before this moment no longer count. Until `untilMs`, absent
   * visitors are not reported as missed, because watchers may still be connected to the previous service.
   */
  serviceStarted(untilMs: number): void {
    this.#startedMs = performance.now();
    this.#fillingUntilMs = untilMs;
  }

  hitSent(uid: string): void {
    this.#recordOf(uid).hitSentMs = performance.now();
  }

  hitAnswered(uid: string): void {
    this.#recordOf(uid).hitAnsweredMs = performance.now();
  }

  leaveSent(uid: string): void {
    this.#recordOf(uid).leaveSentMs = performance.now();
  }

  leaveAnswered(uid: string): void {
    this.#recordOf(uid).leaveAnsweredMs = performance.now();
  }

  /**
   * Compares the view of a watcher with the records.
   *
   * @param text the text that the view was parsed from, if other watchers receive the same; a repeated text is not compared
   * @param nowMs when the view arrived, in monotonic milliseconds
   */
  compare(view: ReadonlySet<string>, text: string | undefined, nowMs: number): void {
    this.findings.views++;
    if (text !== undefined && text === this.#lastText) return;
    this.#lastText = text;
    for (const uid of view) if (!this.#mayBeOnline(uid, nowMs)) this.#report('phantom', uid);
    if (nowMs < this.#fillingUntilMs) return;
    for (const [uid, record] of this.#records) {
      const isAfterStart = record.hitSentMs > this.#startedMs;
      if (isAfterStart && mustBeOnline(record, nowMs) && !view.has(uid)) this.#report('missed', uid);
      if (nowMs - record.hitSentMs > 2 * ONLINE_WINDOW_MS) this.#records.delete(uid);
    }
  }

  #report(kind: 'missed' | 'phantom', uid: string): void {
    this.findings[kind]++;
    if (this.findings[kind] <= MAX_PRINTED) console.error(`${kind}: ${uid} ${JSON.stringify(this.#records.get(uid))}`);
  }

  #mayBeOnline(uid: string, nowMs: number): boolean {
    const record = this.#records.get(uid);
    if (record === undefined) return false;
    const hasLeft = record.leaveAnsweredMs > record.hitSentMs;
    const endMs = hasLeft
      ? record.leaveAnsweredMs + SETTLE_MS
      : Math.max(record.hitSentMs, record.hitAnsweredMs) + ONLINE_WINDOW_MS;
    return nowMs <= endMs + TOLERANCE_MS;
  }

  #recordOf(uid: string): VisitorRecord {
    let record = this.#records.get(uid);
    if (record === undefined) {
      record = { hitSentMs: NEVER_MS, hitAnsweredMs: NEVER_MS, leaveSentMs: NEVER_MS, leaveAnsweredMs: NEVER_MS };
      this.#records.set(uid, record);
    }
    return record;
  }
}

function mustBeOnline({ hitSentMs, hitAnsweredMs, leaveSentMs }: VisitorRecord, nowMs: number): boolean {
  const hasAnswer = hitAnsweredMs >= hitSentMs && hitAnsweredMs + TOLERANCE_MS <= nowMs;
  return hasAnswer && leaveSentMs < hitSentMs && nowMs <= hitSentMs + ONLINE_WINDOW_MS - TOLERANCE_MS;
}
