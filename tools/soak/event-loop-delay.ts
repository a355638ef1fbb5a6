const PERIOD_MS = 20;

/** How long this very process is busy at a time: what arrives meanwhile is read late through no fault of the service. */
export interface OwnDelay {
  /** For how long, at most, what is read now may have been waiting. */
  waitedMs(): number;
  readonly longestMs: number;
  stop(): void;
}

/** Watches the event loop of this process. */
export function watchOwnDelay(): OwnDelay {
  let turnedMs = performance.now();
  let longestMs = 0;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - turnedMs - PERIOD_MS);
    turnedMs = nowMs;
  }, PERIOD_MS);
  return {
    waitedMs: () => performance.now() - turnedMs,
    get longestMs() {
      return longestMs;
    },
    stop: () => clearInterval(timer),
  };
}
