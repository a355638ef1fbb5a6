import type { Clock } from '../runtime/clock.js';
import type { LogSession } from './log/shared-log.js';

const SAMPLES = 3;

/**
 * How much to add to this process's clock to have the log's, in whole milliseconds: what the log said of its time, against
 * the middle of asking and hearing, of the quickest of three answers. So no instance's own wall clock matters.
 */
export async function measureOffsetMs(session: LogSession, clock: Clock): Promise<number> {
  let best = { tookMs: Number.POSITIVE_INFINITY, offsetMs: 0 };
  for (let count = 0; count < SAMPLES; count++) {
    const askedMs = clock.nowMs();
    const timeMs = await session.timeMs();
    const heardMs = clock.nowMs();
    const tookMs = heardMs - askedMs;
    if (tookMs < best.tookMs) best = { tookMs, offsetMs: Math.round(timeMs - (askedMs + heardMs) / 2) };
  }
  return best.offsetMs;
}
