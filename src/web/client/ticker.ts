/** Calls `wake` once after a time that can be set anew. */
export interface Ticker {
  schedule(delayMs: number): void;
  close(): void;
}

const WORKER = 'let t;onmessage=e=>{clearTimeout(t);t=setTimeout(postMessage,e.data,0)}';

/**
 * Browsers let timers of hidden pages run once a minute, which is as long as the online window. Timers of workers run on
 * time, so one of them wakes the page. Where the page's policy forbids the worker, or it fails later, the page's own timer
 * is there too: whichever comes first counts.
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
    // A policy's refusal comes as an event, which must not reach the page's own error handling.
    worker.onerror = (event) => event.preventDefault();
  } catch {
    // No worker, no matter.
  }
  return {
    schedule(delayMs) {
      clearTimeout(timer);
      timer = setTimeout(fire, delayMs);
      worker?.postMessage(delayMs);
    },
    close() {
      clearTimeout(timer);
      timer = undefined;
      worker?.terminate();
    },
  };
}
