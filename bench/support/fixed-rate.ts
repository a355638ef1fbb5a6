import { setTimeout as delay } from 'node:timers/promises';

/** Calls `send` at a fixed rate, whether or not earlier requests are answered. Resolves after the last call. */
export async function atFixedRate(perSecond: number, total: number, send: (index: number) => void): Promise<void> {
  const beganMs = performance.now();
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, ((performance.now() - beganMs) * perSecond) / 1000);
    for (; sent < due; sent++) send(sent);
    await delay(1);
  }
}
