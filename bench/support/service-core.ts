import type { PresenceSettings } from '../../src/config/settings.js';
import { Counters } from '../../src/metrics/counters.js';
import { Presence } from '../../src/presence/presence.js';
import type { Clock } from '../../src/runtime/clock.js';
import type { Log } from '../../src/runtime/log.js';
import { type FeedKind, Feeds } from '../../src/streams/feeds.js';
import { Hub } from '../../src/streams/hub.js';
import type { Sink } from '../../src/streams/outlet.js';
import { uidOf } from './heartbeats.js';

const TICK_MS = 2000;
const HOUR_MS = 3_600_000;
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {}, critical() {} };

/** Rules under which nothing falls due by itself, and nobody is turned away. */
export const PRESENCE_SETTINGS: PresenceSettings = {
  onlineWindowMs: HOUR_MS,
  activeWindowMs: HOUR_MS,
  leaveSettleMs: 0,
  maxVisitors: 2_000_000,
  maxRooms: 1000,
  maxSessions: 10,
};

/** The service without its outside: no server, no sockets, and time that passes only when told to. */
export class World {
  readonly presence: Presence;
  nowMs = 1_000_000;
  readonly #hub: Hub;
  readonly #feeds: Feeds;

  constructor(onlineWindowMs = PRESENCE_SETTINGS.onlineWindowMs) {
    const clock: Clock = { nowMs: () => this.nowMs, wallMs: () => 1_700_000_000_000 + this.nowMs };
    this.presence = new Presence({ ...PRESENCE_SETTINGS, onlineWindowMs });
    const settings = {
      tickIntervalMs: TICK_MS,
      maxStreams: 10_000,
      maxAgeMs: Number.MAX_SAFE_INTEGER,
      drainTimeoutMs: HOUR_MS,
      gzip: false,
    };
    this.#hub = new Hub({ clock, random: () => 0.5, log: SILENT, counters: new Counters(), settings });
    const { presence } = this;
    this.#feeds = new Feeds({ presence, clock, hub: this.#hub, tickIntervalMs: TICK_MS, processId: 'bench' });
  }

  /** Lets visitors beat who have touched the page just now, or so long ago that they are idle. */
  beat(uids: readonly string[], isActive = true): void {
    const activityMs = isActive ? this.nowMs : this.nowMs - 2 * HOUR_MS;
    for (const uid of uids) this.presence.hit({ uid, activityMs }, this.nowMs);
  }

  /** Opens streams whose other end takes everything at once. */
  watch(kind: FeedKind, count: number): void {
    const feed = this.#feeds.get(kind, undefined);
    for (let index = 0; index < count; index++)
      this.#hub.open(feed, feed.initialFrame(), createSink(), { gzip: false });
  }

  /** Does what the service does every 2 s. */
  tick(): void {
    this.#feeds.flush();
    this.#hub.tick();
    this.#feeds.prune();
  }

  /** Lets the time between two ticks pass, and takes the time that a tick takes, in microseconds. */
  timedTick(): number {
    this.nowMs += TICK_MS;
    return timed(() => this.tick());
  }
}

/** How long something takes, in microseconds. */
export function timed(action: () => void): number {
  const beganMs = performance.now();
  action();
  return (performance.now() - beganMs) * 1000;
}

/** Names that nobody has looked up yet, as those of requests are: V8 keeps a string's hash once it knows it. */
export function freshUids(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => Buffer.from(uidOf(from + index)).toString('latin1'));
}

function createSink(): Sink {
  const sink = { write: () => true, end: () => sink, destroy: () => sink, on: () => sink };
  return Object.assign(sink, { writableEnded: false, destroyed: false }) as unknown as Sink;
}
