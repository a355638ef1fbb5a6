import type { StreamSettings } from '../config/settings.js';
import type { Presence } from '../presence/presence.js';
import { createPace } from '../runtime/pace.js';
import type { PartsDependencies } from '../runtime/parts.js';
import { createTick } from '../runtime/tick.js';
import type { Feeds } from './feeds.js';
import type { Hub } from './hub.js';

/** What the rhythm of the streams works with. */
export interface RhythmDependencies extends PartsDependencies {
  readonly presence: Presence;
  readonly feeds: Feeds;
  readonly hub: Hub;
  readonly settings: Pick<StreamSettings, 'tickIntervalMs' | 'changeIntervalMs'>;
  /** Called after each tick with the time that it took, and how much later than due it began. */
  readonly observeTick: (durationMs: number, delayMs: number) => void;
  /** Called after each flush with the time that it took. */
  readonly observeFlush: (durationMs: number) => void;
}

/**
 * Starts serving streams: all of them at every tick, and changes as soon as they happen. What time alone changes, such as a
 * visitor who turns idle, is found at the next tick at the latest; a timer for each such moment would cost more than it is
 * worth.
 *
 * @returns the function to call at the first change after each flush
 */
export function startRhythm(dependencies: RhythmDependencies): () => void {
  const { presence, feeds, hub, settings, observeTick, observeFlush, ...runtime } = dependencies;
  const { tickIntervalMs, changeIntervalMs } = settings;
  const advance = () => presence.advance(runtime.clock.nowMs());
  const tick = createTick({
    parts: [advance, () => hub.tick(), () => feeds.prune()],
    intervalMs: tickIntervalMs,
    observe: observeTick,
    ...runtime,
  });
  runtime.timers.every(tickIntervalMs, tick);
  return createPace({
    // When all visitors change at once, finding that takes as long as sending it: they are separate parts.
    parts: [advance, () => feeds.flush()],
    isDue: () => presence.hasChanges,
    intervalMs: changeIntervalMs,
    maxIntervalMs: tickIntervalMs,
    observe: observeFlush,
    ...runtime,
  });
}
