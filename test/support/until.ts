import { setTimeout as delay } from 'node:timers/promises';

const MINUTE_MS = 60_000;
const PAUSE_MS = 25;

/**
 * Waits for a condition by polling it, for a minute unless told otherwise: an endless loop would keep the test's process,
 * and with it the whole run, from ending.
 *
 * @param what names the condition in the failure's message
 * @returns the first value of the condition that is not false
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  what = condition.toString(),
  minutes = 1,
): Promise<Exclude<T, false>> {
  const deadlineMs = performance.now() + minutes * MINUTE_MS;
  for (;;) {
    const value = await condition();
    if (value !== false) return value as Exclude<T, false>;
    if (performance.now() > deadlineMs) throw new Error(`Waited ${minutes} min without success for ${what}`);
    await delay(PAUSE_MS);
  }
}
