/** What is known of one visitor because it was sent, and answered. Monotonic milliseconds. */
interface Known {
  hitSentMs: number;
  hitAnsweredMs: number;
  leaveSentMs: number;
  leaveAnsweredMs: number;
}

const WINDOW_MS = 60_000;
const SETTLE_MS = 3000;
/** One tick, and what a busy machine takes on the way. */
const TOLERANCE_MS = 2000 + 1000;
const NEVER = Number.NEGATIVE_INFINITY;

/** Wrong entries that watchers have been shown, by kind. */
export interface Findings {
  /** Visitors who were not shown though they had been there for more than a tick. */
  missed: number;
  /** Visitors who were shown though they had gone for more than a tick, or had never been. */
  phantom: number;
  /** Events that came over one tick after they were made. */
  late: number;
  /** Views that were compared. */
  views: number;
}

/** Knows who was sent, and so who must and who must not be shown. */
export class Oracle {
  readonly findings: Findings = { missed: 0, phantom: 0, late: 0, views: 0 };
  readonly #known = new Map<string, Known>();
  #startedMs = NEVER;
  #fillingUntilMs = NEVER;
  #lastText: string | undefined;

  /**
   * A service has started that knows nobody: what was sent before is not its fault, and until then, watchers may still be
   * with the one before.
   */
  expectFilling(untilMs: number): void {
    this.#startedMs = performance.now();
    this.#fillingUntilMs = untilMs;
  }

  hitSent(uid: string): void {
    this.#of(uid).hitSentMs = performance.now();
  }

  hitAnswered(uid: string): void {
    this.#of(uid).hitAnsweredMs = performance.now();
  }

  leaveSent(uid: string): void {
    this.#of(uid).leaveSentMs = performance.now();
  }

  leaveAnswered(uid: string): void {
    this.#of(uid).leaveAnsweredMs = performance.now();
  }

  /**
   * Compares what a watcher saw at a time, on the monotonic clock.
   *
   * @param text what the view was read from: a view of the same text as the last one needs no comparing
   */
  compare(seen: ReadonlySet<string>, text: string | undefined, nowMs: number): void {
    this.findings.views++;
    if (text !== undefined && text === this.#lastText) return;
    this.#lastText = text;
    for (const uid of seen) if (!this.#mayBeShown(uid, nowMs)) this.#report('phantom', uid);
    if (nowMs < this.#fillingUntilMs) return;
    for (const [uid, known] of this.#known) {
      if (known.hitSentMs > this.#startedMs && mustBeShown(known, nowMs) && !seen.has(uid)) this.#report('missed', uid);
      if (nowMs - known.hitSentMs > 2 * WINDOW_MS) this.#known.delete(uid);
    }
  }

  #report(kind: 'missed' | 'phantom', uid: string): void {
    this.findings[kind]++;
    if (this.findings[kind] <= 5) console.error(`${kind}: ${uid} ${JSON.stringify(this.#known.get(uid))}`);
  }

  #mayBeShown(uid: string, nowMs: number): boolean {
    const known = this.#known.get(uid);
    if (known === undefined) return false;
    const hasLeft = known.leaveAnsweredMs > known.hitSentMs;
    const endMs = hasLeft
      ? known.leaveAnsweredMs + SETTLE_MS
      : Math.max(known.hitSentMs, known.hitAnsweredMs) + WINDOW_MS;
    return nowMs <= endMs + TOLERANCE_MS;
  }

  #of(uid: string): Known {
    let known = this.#known.get(uid);
    if (known === undefined) {
      known = { hitSentMs: NEVER, hitAnsweredMs: NEVER, leaveSentMs: NEVER, leaveAnsweredMs: NEVER };
      this.#known.set(uid, known);
    }
    return known;
  }
}

function mustBeShown({ hitSentMs, hitAnsweredMs, leaveSentMs }: Known, nowMs: number): boolean {
  const hasAnswer = hitAnsweredMs >= hitSentMs && hitAnsweredMs + TOLERANCE_MS <= nowMs;
  return hasAnswer && leaveSentMs < hitSentMs && nowMs <= hitSentMs + WINDOW_MS - TOLERANCE_MS;
}
