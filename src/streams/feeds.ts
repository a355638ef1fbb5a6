import type { Presence } from '../presence/presence.js';
import type { Clock } from '../runtime/clock.js';
import type { RingLimits } from './change-ring.js';
import { ChangesFeed } from './changes-feed.js';
import type { Feed, Hub } from './hub.js';
import { drawOnline, drawTotals, SnapshotFeed } from './snapshot-feed.js';

/** The kinds of streams, as in their paths. */
export type FeedKind = 'online' | 'totals' | 'changes';

/** What feeds are made from. */
export interface FeedsDependencies {
  readonly presence: Presence;
  readonly clock: Clock;
  readonly hub: Hub;
  readonly tickIntervalMs: number;
  readonly processId: string;
  readonly ringLimits?: RingLimits;
}

const RING_LIMITS: RingLimits = { maxEvents: 1000, maxLength: 1_000_000 };
/** How long a feed waits for its watchers to come back, who do so about a second after their streams have ended. */
const UNWATCHED_MS = 60_000;
/** Room names come from strangers: of the feeds that nobody watches, no more than this are kept. */
const MAX_UNWATCHED = 200;

interface KeptFeed {
  readonly feed: Feed;
  readonly kind: FeedKind;
  readonly room: string | undefined;
  lastWatchedMs: number;
}

/** The feeds that are watched, one per kind and room, made when first asked for. */
export class Feeds {
  readonly #dependencies: FeedsDependencies;
  /** In the order in which they were last watched. */
  readonly #feeds = new Map<string, KeptFeed>();
  #flushNumber = 0;

  constructor(dependencies: FeedsDependencies) {
    this.#dependencies = dependencies;
  }

  /** The feed of one kind for a room, or for the whole site. */
  get(kind: FeedKind, room: string | undefined): Feed {
    const key = keyOf(kind, room);
    const kept = this.#feeds.get(key) ?? { feed: this.#create(kind, room), kind, room, lastWatchedMs: 0 };
    kept.lastWatchedMs = this.#dependencies.clock.nowMs();
    this.#feeds.delete(key);
    this.#feeds.set(key, kept);
    return kept.feed;
  }

  /** Tells the watchers of changes what has changed since the last time. */
  flush(): void {
    const { presence, clock, hub } = this.#dependencies;
    const diffs = presence.flush(clock.nowMs());
    if (diffs.length === 0) return;
    this.#flushNumber++;
    for (const changes of diffs) {
      const feed = this.#feeds.get(keyOf('changes', changes.room))?.feed;
      if (feed instanceof ChangesFeed) hub.broadcast(feed, feed.record(changes, this.#flushNumber));
    }
  }

  /** How many streams of each kind are open. */
  watchersByKind(): Map<FeedKind, number> {
    const counts = new Map<FeedKind, number>([
      ['online', 0],
      ['totals', 0],
      ['changes', 0],
    ]);
    for (const { feed, kind } of this.#feeds.values()) {
      counts.set(kind, counts.get(kind)! + this.#dependencies.hub.watcherCount(feed));
    }
    return counts;
  }

  /** Lets go of feeds that nobody has watched for a while. */
  prune(): void {
    const { clock, hub } = this.#dependencies;
    const nowMs = clock.nowMs();
    const unwatched: string[] = [];
    for (const [key, kept] of this.#feeds) {
      if (hub.isWatched(kept.feed)) kept.lastWatchedMs = nowMs;
      else if (nowMs - kept.lastWatchedMs >= UNWATCHED_MS) this.#feeds.delete(key);
      else unwatched.push(key);
    }
    for (const key of unwatched.slice(0, Math.max(0, unwatched.length - MAX_UNWATCHED))) this.#feeds.delete(key);
  }

  #create(kind: FeedKind, room: string | undefined): Feed {
    const { presence, clock, tickIntervalMs, processId, ringLimits: limits = RING_LIMITS } = this.#dependencies;
    if (kind !== 'changes') return new SnapshotFeed(presence, clock, room, kind === 'online' ? drawOnline : drawTotals);
    const [flush, flushNumber] = [() => this.flush(), () => this.#flushNumber];
    return new ChangesFeed({ presence, clock, room, limits, tickIntervalMs, processId, flush, flushNumber });
  }
}

/** A room's name has no control characters, so nothing it may be called can be taken for another key. */
const keyOf = (kind: FeedKind, room: string | undefined): string => (room === undefined ? kind : `${kind}\n${room}`);
