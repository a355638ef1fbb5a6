import { forEachWindow } from './frames.js';
import { createInputFilter, INPUT_EVENTS } from './input.js';

/** Pointer moves arrive many times a second; one of them is enough. */
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

/** What `watchActivity` needs to know. */
export interface ActivityOptions {
  /** How long without input counts as away, in milliseconds. */
  awayMs(): number;
  /** Whether the person watches something, which counts as input. */
  isWatching(): boolean;
  /** Called at the first input after the visitor was away. */
  onReturn(): void;
}

/** Watches the page, and the frames of its origin, for input by a person. Loading the page counts as input. */
export function watchActivity({ awayMs, isWatching, onReturn }: ActivityOptions): Activity {
  let lastMs = performance.now();
  let lastWallMs = Date.now();
  // performance.now() may stand still while the machine sleeps, and the wall clock may be set back; the larger is right.
  const idleMs = () => Math.max(performance.now() - lastMs, Date.now() - lastWallMs);
  const markActive = () => {
    lastMs = performance.now();
    lastWallMs = Date.now();
  };
  const isInput = createInputFilter(() => performance.now());
  const onEvent = (event: Event) => {
    if (!isInput(event)) return;
    const awayForMs = idleMs();
    if (awayForMs < THROTTLE_MS) return;
    markActive();
    if (awayForMs >= awayMs()) onReturn();
  };
  const options = { passive: true, capture: true };
  /** Adding a listener again changes nothing. A frame that loads or calls `document.open` loses those it had. */
  const listen = () =>
    forEachWindow((each) => {
      for (const event of INPUT_EVENTS) each.addEventListener(event, onEvent, options);
      each.document.addEventListener('load', listen, options);
    });
  listen();
  return {
    idleSeconds() {
      listen();
      if (isWatching()) markActive();
      return idleMs() / 1000;
    },
    markActive,
    stop: () =>
      forEachWindow((each) => {
        for (const event of INPUT_EVENTS) each.removeEventListener(event, onEvent, options);
        each.document.removeEventListener('load', listen, options);
      }),
  };
}
