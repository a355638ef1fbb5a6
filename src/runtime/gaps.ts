import type { Clock } from './clock.js';

/**
 * A clock that notices when the process did not run: it was stopped, or got no CPU. Something must read the clock more
 * often than `maxSilenceMs`, as the tick does; a longer time without a reading is a gap.
 *
 * A machine that sleeps causes no gap, since the monotonic clock of Linux stands still meanwhile.
 *
 * @param onGap called before the first reading after the gap returns, so before anybody can act on the new time; it must not
 * read the clock
 */
export function watchGaps(clock: Clock, maxSilenceMs: number, onGap: (fromMs: number, toMs: number) => void): Clock {
  let lastMs = clock.nowMs();
  return {
    nowMs: () => {
      const nowMs = clock.nowMs();
      const fromMs = lastMs;
      lastMs = nowMs;
      if (nowMs - fromMs > maxSilenceMs) onGap(fromMs, nowMs);
      return nowMs;
    },
    wallMs: () => clock.wallMs(),
  };
}
