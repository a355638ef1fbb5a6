import type { Clock } from '../runtime/clock.js';
import type { LogConnection } from './log/shared-log.js';

const SAMPLES = 3;

/**
 * What to add to this instance's clock to get the log's, in whole milliseconds: the log's time minus the middle of request
 * and reply, of the fastest of three requests. So the instances' wall clocks need not agree.
 */
export async function measureOffsetMs(connection: LogConnection, clock: Clock): Promise<number> {
  let fastest = { tookMs: Number.POSITIVE_INFINITY, offsetMs: 0 };
  for (let count = 0; count < SAMPLES; count++) {
    const requestMs = clock.nowMs();
    const timeMs = await connection.timeMs();
    const replyMs = clock.nowMs();
    const tookMs = replyMs - requestMs;
    if (tookMs < fastest.tookMs) fastest = { tookMs, offsetMs: Math.round(timeMs - (requestMs + replyMs) / 2) };
  }
  return fastest.offsetMs;
}
