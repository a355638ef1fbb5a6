const EVENTS = ['pointerdown', 'pointermove', 'keydown', 'scroll', 'wheel', 'touchstart'];
/** Pointer moves and scrolls arrive many times a second; one of them is enough. */
const THROTTLE_MS = 1000;

/** Measures the time since the last input on the page. */
export interface Activity {
  /** Seconds since the last input. */
  idleSeconds(): number;
  /** Counts as input, for example when the visitor returns to the page. */
  markActive(): void;
  /** Removes all event listeners. */
  stop(): void;
}

/**
 * Watches the page for input. Loading the page counts as input.
 *
 * @param awayMs how long without input counts as away
 * @param onReturn called at the first input after the visitor was away
 */
export function watchActivity(awayMs: number, onReturn: () => void): Activity {
  let lastMs = performance.now();
  let lastWallMs = Date.now();
  // performance.now() may stand still while the machine sleeps, and the wall clock may be set back; the larger is right.
  const idleMs = () => Math.max(performance.now() - lastMs, Date.now() - lastWallMs);
  const markActive = () => {
    lastMs = performance.now();
    lastWallMs = Date.now();
  };
  const onInput = () => {
    const awayForMs = idleMs();
    if (awayForMs < THROTTLE_MS) return;
    markActive();
    if (awayForMs >= awayMs) onReturn();
  };
  const options = { passive: true, capture: true };
  for (const event of EVENTS) addEventListener(event, onInput, options);
  return {
    idleSeconds: () => idleMs() / 1000,
    markActive,
    stop: () => {
      for (const event of EVENTS) removeEventListener(event, onInput, options);
    },
  };
}
