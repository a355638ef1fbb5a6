import type { Presence } from '../presence/presence.js';
import type { Clock } from '../runtime/clock.js';
import type { Log } from '../runtime/log.js';
import type { Timers } from '../runtime/timers.js';
import type { HeartbeatSilence } from './heartbeat-silence.js';
import type { Hub } from './hub.js';

/** What moving watchers on works with. */
export interface MovingDependencies {
  readonly presence: Presence;
  readonly hub: Hub;
  /** Counts the heartbeats that this process takes. */
  readonly silence: HeartbeatSilence;
  readonly heartbeatMs: number;
  /** Whether the address of the service is set, so that other processes are expected. */
  readonly hasPeer: boolean;
  /** The process that has taken over the state of this one, if any. */
  readonly successor: { readonly hasSuccessor: boolean; endAll(): void };
  /** Called when heartbeats have stopped, and another process has taken over. */
  readonly onReplaced: () => void;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

const CHECKS_PER_INTERVAL = 20;

/**
 * Ends all streams when heartbeats have stopped: by then requests go to another process, which watchers find when they
 * reconnect. It happens before a visitor expires here who sends heartbeats there, and once per silence.
 */
export function moveWatchersOn(dependencies: MovingDependencies): void {
  const { presence, hub, silence, heartbeatMs, hasPeer, successor, onReplaced, clock, timers, log } = dependencies;
  timers.every(heartbeatMs / CHECKS_PER_INTERVAL, () => {
    const nowMs = clock.nowMs();
    // Where nobody is online, nobody's heartbeat is missing. But the first visitor may come to a successor.
    if (!successor.hasSuccessor && (!hasPeer || presence.totals(nowMs).online === 0)) return;
    if (!silence.check(nowMs)) return;
    if (hub.count > 0) log.info('Heartbeats have stopped. Watchers reconnect.', { streams: hub.count });
    hub.moveOn();
    successor.endAll();
    if (successor.hasSuccessor) onReplaced();
  });
}
