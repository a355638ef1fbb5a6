import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 60_000;
const PAUSE_MS = 25;

/**
 * Waits until something is so, asking again and again. Gives up after a minute: a loop without end would keep the test's
 * process, and with it the whole run, from ever ending.
 *
 * @param what what is waited for, in the words of the failure
 * @returns what the condition gave, once that is not false
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  what = condition.toString(),
): Promise<Exclude<T, false>> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  for (;;) {
    const value = await condition();
    if (value !== false) return value as Exclude<T, false>;
    if (performance.now() > deadlineMs) throw new Error(`Waited a minute in vain for ${what}`);
    await delay(PAUSE_MS);
  }
}
