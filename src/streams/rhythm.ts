import type { StreamSettings } from '../config/settings.js';
import type { Presence } from '../presence/presence.js';
import { createPace } from '../runtime/pace.js';
import type { PartsDependencies } from '../runtime/parts.js';
import { createTick } from '../runtime/tick.js';
import type { Feeds } from './feeds.js';
import type { Hub } from './hub.js';

/** How many visitors are looked at in one step when many change at once. */
const VISITS_PER_STEP = 200;
/** How many changes are sent with one event. */
const CHANGES_PER_EVENT = 1000;

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
  function* advance(): Generator<void> {
    while (!presence.advance(runtime.clock.nowMs(), VISITS_PER_STEP)) yield;
  }
  function* flush(): Generator<void> {
    // Changes that happen meanwhile may have to wait for the next run: else this one might never end.
    for (let left = presence.unflushedCount; left > 0; left -= CHANGES_PER_EVENT) {
      feeds.flush(CHANGES_PER_EVENT);
      yield;
    }
  }
  function prune(): undefined {
    feeds.prune();
  }
  const tick = createTick({
    parts: [advance, () => hub.tick(), prune],
    intervalMs: tickIntervalMs,
    observe: observeTick,
    ...runtime,
  });
  runtime.timers.every(tickIntervalMs, tick);
  return createPace({
    parts: [advance, flush],
    isDue: () => presence.unflushedCount > 0,
    intervalMs: changeIntervalMs,
    maxIntervalMs: tickIntervalMs,
    observe: observeFlush,
    ...runtime,
  });
}
