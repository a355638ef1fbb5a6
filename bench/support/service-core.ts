import type { PresenceSettings } from '../../src/config/settings.js';
import { Counters } from '../../src/metrics/counters.js';
import { Presence } from '../../src/presence/presence.js';
import type { Clock } from '../../src/runtime/clock.js';
import type { Log } from '../../src/runtime/log.js';
import { finish } from '../../src/runtime/parts.js';
import { type FeedKind, Feeds } from '../../src/streams/feeds.js';
import { Hub } from '../../src/streams/hub.js';
import type { Sink } from '../../src/streams/outlet.js';
import { uidOf } from './heartbeats.js';

const TICK_MS = 2000;
const HOUR_MS = 3_600_000;
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {}, critical() {} };

/** Settings under which nothing expires and no visitor is refused. */
export const PRESENCE_SETTINGS: PresenceSettings = {
  onlineWindowMs: HOUR_MS,
  activeWindowMs: HOUR_MS,
  leaveSettleMs: 0,
  maxVisitors: 2_000_000,
  maxRooms: 1000,
  maxRoomsPerVisitor: 1000,
  lastSeenKeptMs: 86_400_000,
  maxLastSeen: 100_000,
  maxSessions: 10,
};

/** Presence and streams of the service without server and sockets, on a manual clock. */
export class ServiceCore {
  readonly presence: Presence;
  nowMs = 1_000_000;
  readonly #hub: Hub;
  readonly #feeds: Feeds;

  /** @param onlineWindowMs default: one hour */
  constructor(onlineWindowMs = PRESENCE_SETTINGS.onlineWindowMs) {
    const clock: Clock = { nowMs: () => this.nowMs, wallMs: () => 1_700_000_000_000 + this.nowMs };
    this.presence = new Presence({ ...PRESENCE_SETTINGS, onlineWindowMs });
    const settings = {
      tickIntervalMs: TICK_MS,
      changeIntervalMs: TICK_MS,
      maxStreams: 10_000,
      maxStreamsPerAddress: 0,
      maxAgeMs: Number.MAX_SAFE_INTEGER,
      drainTimeoutMs: HOUR_MS,
      gzip: false,
    };
    this.#hub = new Hub({
      clock,
      random: () => 0.5,
      log: SILENT,
      createStreamId: () => '',
      counters: new Counters(),
      settings,
    });
    const { presence } = this;
    this.#feeds = new Feeds({ presence, clock, hub: this.#hub, tickIntervalMs: TICK_MS, processId: 'bench' });
  }

  /** Takes one heartbeat of each visitor, all of them active. */
  takeHeartbeats(uids: readonly string[]): void {
    for (const uid of uids) this.presence.hit({ uid, activityMs: this.nowMs }, this.nowMs);
  }

  /** Opens streams whose connections accept all bytes at once. */
  openStreams(kind: FeedKind, count: number): void {
    const feed = this.#feeds.get(kind, undefined);
    for (let index = 0; index < count; index++)
      this.#hub.open(feed, feed.initialFrame(), createSink(), { address: '', gzip: false });
  }

  /** Moves the clock to the next tick and runs it. Returns how long the tick took, in microseconds. */
  timedTick(): number {
    this.nowMs += TICK_MS;
    return timed(() => {
      this.#feeds.flush();
      finish(this.#hub.tick());
      this.#feeds.prune();
    });
  }
}

/** Runs an action and returns how long it took, in microseconds. */
export function timed(action: () => void): number {
  const beganMs = performance.now();
  action();
  return (performance.now() - beganMs) * 1000;
}

/**
 * New strings of the uids from index `from` up to `to`, exclusive. V8 caches a string's hash at its first look-up, and the
 * strings of a request have none yet.
 */
export function freshUids(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => Buffer.from(uidOf(from + index)).toString('latin1'));
}

function createSink(): Sink {
  const sink = { write: () => true, end: () => sink, destroy: () => sink, on: () => sink };
  return Object.assign(sink, { writableEnded: false, destroyed: false }) as unknown as Sink;
}
