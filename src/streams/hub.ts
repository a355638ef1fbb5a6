import type { StreamSettings } from '../config/settings.js';
import { eventText } from '../protocol/sse.js';
import type { Clock } from '../runtime/clock.js';
import type { Log } from '../runtime/log.js';
import { Admission, type Place } from './admission.js';
import { ClosingFrames } from './closing-frames.js';
import { Frame } from './frame.js';
import type { Sink } from './outlet.js';
import { type StreamCounters, Watcher } from './watcher.js';

/** Creates the frames of one kind of stream. */
export interface Feed {
  /** The frame for a watcher that is new, or has missed something: everything it needs to continue from here. */
  initialFrame(lastEventId?: string): Frame;
  /** The steps of the work for the next `tickFrame`. Other methods may be called between two of them. Default: none. */
  prepare?(): Iterable<void>;
  /** The frame for all watchers that keep up, at a tick; undefined for none. */
  tickFrame(): Frame | undefined;
}

/** What the hub works with. */
export interface HubDependencies {
  readonly clock: Clock;
  /** A number from 0 up to but not including 1. */
  readonly random: () => number;
  readonly log: Log;
  /** Creates the id of a stream, which its client may send to end it: it must be impossible to guess. */
  readonly createStreamId: () => string;
  readonly settings: StreamSettings;
  readonly counters: StreamCounters;
}

/** How to open one stream. */
export interface StreamOptions {
  /** The address of the client. */
  readonly address: string;
  readonly gzip: boolean;
  /** The longest time that this watcher may watch. Default: as all others. */
  readonly maxAgeMs?: number;
  /** Whether the stream begins with an event that carries its id. Default: false. */
  readonly announcesId?: boolean;
}

/** Shortens the maximum age of each stream by up to this share, so that streams do not end all at once. */
const AGE_JITTER = 0.2;
/** The maximum age of a stream that takes the last place. With half of the places free it is the one that is set. */
const SHORTEST_MAX_AGE_MS = 60_000;

/** All open streams: opens them, sends them frames, and ends them. */
export class Hub {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: Log;
  readonly #settings: StreamSettings;
  readonly #createStreamId: () => string;
  readonly #admission: Admission<Watcher>;
  readonly #watchersById = new Map<string, Watcher>();
  readonly #counters: StreamCounters;
  readonly #watchersByFeed = new Map<Feed, Set<Watcher>>();
  readonly #closingFrames: ClosingFrames;
  #draining = false;

  constructor(dependencies: HubDependencies) {
    this.#clock = dependencies.clock;
    this.#random = dependencies.random;
    this.#log = dependencies.log;
    this.#settings = dependencies.settings;
    this.#createStreamId = dependencies.createStreamId;
    this.#admission = new Admission(dependencies.settings);
    this.#closingFrames = new ClosingFrames(dependencies.random);
    this.#counters = dependencies.counters;
  }

  /** How many streams have a place. */
  get count(): number {
    return this.#admission.count;
  }

  /** Whether a new stream can be served now. If not, `defer` it. */
  canServe(address: string): boolean {
    return !this.#draining && this.#admission.isPossible(address, this.#clock.nowMs());
  }

  /**
   * Ends a stream that cannot be served now at once, with a time to reconnect. Its headers have been written, with status
   * 200: an EventSource that gets any other never returns (WHATWG HTML, 9.2.3).
   */
  defer(sink: Sink): void {
    this.#counters.deferredStreams++;
    const frame = this.#closingFrames.get(this.#draining ? 'restarting' : 'full');
    sink.end(frame.plain.bytes);
  }

  /**
   * Opens a stream over a response whose headers have been written. Only when `canServe`. When all places are taken, the
   * oldest stream ends.
   *
   * @param initialFrame what `feed.initialFrame` has just returned
   */
  open(feed: Feed, initialFrame: Frame, sink: Sink, options: StreamOptions): void {
    const { address, gzip, maxAgeMs = Number.POSITIVE_INFINITY, announcesId = false } = options;
    const nowMs = this.#clock.nowMs();
    const watcher = new Watcher(sink, {
      gzip,
      endsAtMs: nowMs + Math.min(maxAgeMs, this.#maxAgeMs()),
      nowMs: this.#clock.nowMs,
      counters: this.#counters,
      onError: (error) => this.#log.error('A stream was closed because of an error.', { error }),
    });
    const { place, evicted } = this.#admission.enter(watcher, address, nowMs);
    if (evicted !== undefined) this.#evict(evicted);
    const id = announcesId ? this.#createStreamId() : undefined;
    this.#add(feed, watcher, sink, place, id);
    if (id !== undefined) watcher.send(new Frame(eventText(JSON.stringify({ stream: id }), 'stream')));
    watcher.send(initialFrame);
  }

  /** Ends the stream with an id, since its client has left. No effect when there is none. */
  unwatch(id: string): void {
    this.#watchersById.get(id)?.destroy();
  }

  /** Whether anybody watches a feed. */
  isWatched(feed: Feed): boolean {
    return this.#watchersByFeed.has(feed);
  }

  /** The number of watchers of a feed. */
  watcherCount(feed: Feed): number {
    return this.#watchersByFeed.get(feed)?.size ?? 0;
  }

  /** Sends a frame to all watchers of a feed. Those that cannot take it get an initial frame at a later tick. */
  broadcast(feed: Feed, frame: Frame): void {
    for (const watcher of this.#watchersByFeed.get(feed) ?? []) {
      try {
        if (!watcher.isBehind) watcher.send(frame);
      } catch (error) {
        this.#drop(watcher, error);
      }
    }
  }

  /**
   * Sends the frame of each feed to the watchers that keep up, and ends streams that are too old or too slow. In steps:
   * other methods may be called between two of them.
   */
  *tick(): Generator<void> {
    const nowMs = this.#clock.nowMs();
    for (const [feed, watchers] of this.#watchersByFeed) {
      // A fault of one feed must not stop the others.
      try {
        if (feed.prepare !== undefined) yield* feed.prepare();
        const frame = feed.tickFrame();
        for (const watcher of watchers) {
          this.#serve(feed, watcher, frame, nowMs);
          yield;
        }
      } catch (error) {
        this.#log.error('A tick failed for one feed; its watchers will reconnect.', { error });
        for (const watcher of watchers) watcher.destroy();
      }
    }
  }

  /** Ends every stream, and from now on each new one at once. */
  drain(): void {
    this.#draining = true;
    this.#endAll('restarting');
  }

  /** Ends every stream with a short time to reconnect. New ones are served as before. */
  moveOn(): void {
    this.#endAll('moved');
  }

  #endAll(reason: 'restarting' | 'moved'): void {
    for (const watchers of this.#watchersByFeed.values()) {
      for (const watcher of watchers) watcher.end(this.#closingFrames.get(reason));
    }
  }

  /** The maximum age of a new stream: shorter the fewer places are left, so that dead streams give them back sooner. */
  #maxAgeMs(): number {
    const { maxAgeMs } = this.#settings;
    const shortestMs = Math.min(maxAgeMs, SHORTEST_MAX_AGE_MS);
    const scarcity = Math.max(0, 2 * this.#admission.nextLoad - 1);
    return (maxAgeMs - scarcity * (maxAgeMs - shortestMs)) * (1 - AGE_JITTER * this.#random());
  }

  /** A dead stream need not read its closing frame, and a stalled one will not. */
  #evict(watcher: Watcher): void {
    this.#counters.evictedStreams++;
    if (watcher.stalledSinceMs === undefined) watcher.end(this.#closingFrames.get('ended'));
    else watcher.destroy();
  }

  #serve(feed: Feed, watcher: Watcher, frame: Frame | undefined, nowMs: number): void {
    const { stalledSinceMs } = watcher;
    try {
      if (stalledSinceMs !== undefined && nowMs - stalledSinceMs >= this.#settings.drainTimeoutMs) {
        watcher.destroy();
      } else if (nowMs >= watcher.endsAtMs) {
        watcher.end(this.#closingFrames.get('ended'));
      } else if (watcher.isBehind) {
        if (stalledSinceMs === undefined) watcher.send(feed.initialFrame());
      } else if (frame !== undefined) {
        watcher.send(frame);
      }
    } catch (error) {
      this.#drop(watcher, error);
    }
  }

  /** A fault of one watcher must not stop the others. */
  #drop(watcher: Watcher, error: unknown): void {
    this.#log.error('A stream was closed because of an error.', { error });
    watcher.destroy();
  }

  #add(feed: Feed, watcher: Watcher, sink: Sink, place: Place<Watcher>, id: string | undefined): void {
    const watchers = this.#watchersByFeed.get(feed) ?? new Set();
    this.#watchersByFeed.set(feed, watchers.add(watcher));
    if (id !== undefined) this.#watchersById.set(id, watcher);
    sink.on('close', () => {
      this.#admission.leave(place);
      if (id !== undefined) this.#watchersById.delete(id);
      if (watchers.delete(watcher) && watchers.size === 0) this.#watchersByFeed.delete(feed);
    });
  }
}
