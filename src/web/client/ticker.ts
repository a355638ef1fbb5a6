/** A timer for one pending call. */
export interface Ticker {
  /** Calls `wake` once after the delay. Replaces the pending call, if any. */
  schedule(delayMs: number): void;
  /** Cancels the pending call and ends the worker. */
  stop(): void;
}

const WORKER = 'let t;onmessage=e=>{clearTimeout(t);t=setTimeout(postMessage,e.data,0)}';

/**
 * Creates a timer that stays precise in a hidden page. Browsers throttle the timers of hidden pages to one call a minute,
 * which is as long as the online window, but not those of workers; so a worker wakes the page. The page's own timer runs
 * as well and the first of both counts, since a Content-Security-Policy may forbid the worker and it may fail later.
 */
export function createTicker(wake: () => void): Ticker {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let worker: Worker | undefined;
  const fire = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    wake();
  };
  try {
    const url = URL.createObjectURL(new Blob([WORKER], { type: 'text/javascript' }));
    worker = new Worker(url);
    URL.revokeObjectURL(url);
    worker.onmessage = fire;
    // A blocked worker reports an error event, which must not reach the page's window.onerror.
    worker.onerror = (event) => event.preventDefault();
  } catch {
    // The page's own timer remains.
  }
  return {
    schedule(delayMs) {
      clearTimeout(timer);
      timer = setTimeout(fire, delayMs);
      worker?.postMessage(delayMs);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      worker?.terminate();
    },
  };
}
