const PERIOD_MS = 20;

/** How long this process was busy: what arrives meanwhile is read late, through no fault of the service. */
export interface EventLoopDelay {
  /** How long data that is read now may have waited at most. */
  maxWaitMs(): number;
  /** The longest time that the process was busy. */
  readonly longestMs: number;
  stop(): void;
}

/** Measures the event loop of this process by a timer. */
export function measureEventLoopDelay(): EventLoopDelay {
  let lastTurnMs = performance.now();
  let longestMs = 0;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastTurnMs - PERIOD_MS);
    lastTurnMs = nowMs;
  }, PERIOD_MS);
  return {
    maxWaitMs: () => performance.now() - lastTurnMs,
    get longestMs() {
      return longestMs;
    },
    stop: () => clearInterval(timer),
  };
}
