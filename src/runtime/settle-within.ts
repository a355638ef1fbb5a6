import type { Timers } from './timers.js';

/** Waits until a promise is fulfilled, but no longer than this. Rejects as the promise does before that. */
export async function settleWithin(durationMs: number, promise: Promise<unknown>, timers: Timers): Promise<void> {
  let cancel = () => {};
  const timeout = new Promise<void>((resolve) => {
    cancel = timers.after(durationMs, resolve);
  });
  await Promise.race([promise, timeout]).finally(cancel);
}
