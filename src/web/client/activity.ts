const EVENTS = ['pointerdown', 'pointermove', 'keydown', 'scroll', 'wheel', 'touchstart'];
const THROTTLE_MS = 1000;

/** Knows when the person last touched the page. */
export interface Activity {
  idleSeconds(): number;
  /** Counts as a touch, as coming back to a page does. */
  touch(): void;
  close(): void;
}

/**
 * Watches for touches of the page. A load counts as one.
 *
 * @param onReturn called when the person touches the page after at least `awayMs` without
 */
export function watchActivity(awayMs: number, onReturn: () => void): Activity {
  let lastMs = performance.now();
  let lastWallMs = Date.now();
  // A sleeping machine may stop the one clock, and somebody may set the other; the longer time is the likelier one.
  const idleMs = () => Math.max(performance.now() - lastMs, Date.now() - lastWallMs);
  const touch = () => {
    lastMs = performance.now();
    lastWallMs = Date.now();
  };
  const onTouch = () => {
    const awayForMs = idleMs();
    if (awayForMs < THROTTLE_MS) return;
    touch();
    if (awayForMs >= awayMs) onReturn();
  };
  const options = { passive: true, capture: true };
  for (const event of EVENTS) addEventListener(event, onTouch, options);
  return {
    idleSeconds: () => idleMs() / 1000,
    touch,
    close: () => {
      for (const event of EVENTS) removeEventListener(event, onTouch, options);
    },
  };
}
