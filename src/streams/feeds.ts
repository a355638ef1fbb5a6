import type { Presence } from '../presence/presence.js';
import type { Diff } from '../presence/types.js';
import type { Clock } from '../runtime/clock.js';
import type { RingLimits } from './change-ring.js';
import { ChangesFeed } from './changes-feed.js';
import type { Feed, Hub } from './hub.js';
import { encodeOnline, encodeTotals, SnapshotFeed } from './snapshot-feed.js';

/** The kinds of streams, named as in their paths. */
export type FeedKind = 'online' | 'totals' | 'changes';

/** What feeds work with. */
export interface FeedsDependencies {
  readonly presence: Presence;
  readonly clock: Clock;
  readonly hub: Pick<Hub, 'broadcast' | 'isWatched' | 'watcherCount'>;
  readonly tickIntervalMs: number;
  readonly processId: string;
  readonly ringLimits?: RingLimits;
  /** Called with the diffs of each flush. Must not throw. */
  readonly onDiffs?: (diffs: readonly Diff[]) => void;
}

const RING_LIMITS: RingLimits = { maxEvents: 1000, maxLength: 1_000_000 };
/** How long an unwatched feed is kept. Watchers reconnect about a second after their streams end. */
const KEEP_UNWATCHED_MS = 60_000;
/** Bounds the feeds that nobody watches, since any client can name new rooms. */
const MAX_UNWATCHED = 200;

interface KeptFeed {
  readonly feed: Feed;
  readonly kind: FeedKind;
  readonly room: string | undefined;
  lastWatchedMs: number;
}

/** The feeds, one per kind and room, created at the first request. */
export class Feeds {
  readonly #dependencies: FeedsDependencies;
  /** The least recently watched come first. */
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

  /**
   * Sends what changed since the last flush to the watchers of changes and of totals.
   *
   * @param maxChanges as in `Presence.flush`
   */
  flush(maxChanges?: number): void {
    const { presence, clock, hub } = this.#dependencies;
    const diffs = presence.flush(clock.nowMs(), maxChanges);
    if (diffs.length === 0) return;
    this.#dependencies.onDiffs?.(diffs);
    this.#flushNumber++;
    for (const diff of diffs) {
      const feed = this.#feeds.get(keyOf('changes', diff.room))?.feed;
      if (feed instanceof ChangesFeed) hub.broadcast(feed, feed.record(diff, this.#flushNumber));
      const totals = this.#feeds.get(keyOf('totals', diff.room))?.feed;
      const moved = totals instanceof SnapshotFeed && hasMoved(diff) ? totals.flushFrame() : undefined;
      if (moved !== undefined) hub.broadcast(totals!, moved);
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

  /** Drops feeds that nobody has watched for a while. */
  prune(): void {
    const { clock, hub } = this.#dependencies;
    const nowMs = clock.nowMs();
    const unwatched: string[] = [];
    for (const [key, kept] of this.#feeds) {
      if (hub.isWatched(kept.feed)) kept.lastWatchedMs = nowMs;
      else if (nowMs - kept.lastWatchedMs >= KEEP_UNWATCHED_MS) this.#feeds.delete(key);
      else unwatched.push(key);
    }
    for (const key of unwatched.slice(0, Math.max(0, unwatched.length - MAX_UNWATCHED))) this.#feeds.delete(key);
  }

  #create(kind: FeedKind, room: string | undefined): Feed {
    const { presence, clock, tickIntervalMs, processId, ringLimits: limits = RING_LIMITS } = this.#dependencies;
    if (kind !== 'changes')
      return new SnapshotFeed(presence, clock, room, kind === 'online' ? encodeOnline : encodeTotals);
    const flushNumber = () => this.#flushNumber;
    return new ChangesFeed({ presence, clock, room, limits, tickIntervalMs, processId, flushNumber });
  }
}

/** Whether a diff has more than new info, which no total depends on. */
const hasMoved = ({ joined, left, active, idle }: Diff): boolean =>
  joined.length + left.length + active.length + idle.length > 0;

/** The name of a room has no control characters, so no two kinds and rooms share a key. */
const keyOf = (kind: FeedKind, room: string | undefined): string => (room === undefined ? kind : `${kind}\n${room}`);
