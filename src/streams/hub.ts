import type { StreamSettings } from '../config/settings.js';
import { commentText, retryText } from '../protocol/sse.js';
import type { Clock } from '../runtime/clock.js';
import type { Log } from '../runtime/log.js';
import { Frame } from './frame.js';
import type { Sink } from './outlet.js';
import { type StreamCounters, Watcher } from './watcher.js';

/** Creates the frames of one kind of stream. */
export interface Feed {
  /** The frame for a watcher that is new, or has missed something: everything it needs to continue from here. */
  initialFrame(lastEventId?: string): Frame;
  /** The frame for all watchers that keep up, at a tick; undefined for none. */
  tickFrame(): Frame | undefined;
}

/** What the hub works with. */
export interface HubDependencies {
  readonly clock: Clock;
  /** A number from 0 up to but not including 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly settings: StreamSettings;
  readonly counters: StreamCounters;
}

/** Shortens the maximum age of each stream by up to this share, so that streams do not end all at once. */
const AGE_JITTER = 0.2;
const RETRY_AFTER_AGE_MS = { min: 500, max: 1500 };
const RETRY_AFTER_SHUTDOWN_MS = { min: 1000, max: 5000 };

/** All open streams: opens them, sends them frames, and ends them. */
export class Hub {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: Log;
  readonly #settings: StreamSettings;
  readonly #counters: StreamCounters;
  readonly #watchersByFeed = new Map<Feed, Set<Watcher>>();
  readonly #closingFrames = new Map<string, Frame>();
  #count = 0;
  #draining = false;

  constructor(dependencies: HubDependencies) {
    this.#clock = dependencies.clock;
    this.#random = dependencies.random;
    this.#log = dependencies.log;
    this.#settings = dependencies.settings;
    this.#counters = dependencies.counters;
  }

  /** How many streams are open. */
  get count(): number {
    return this.#count;
  }

  /** Whether the maximum number of streams is open. */
  get isFull(): boolean {
    return this.#count >= this.#settings.maxStreams;
  }

  /**
   * Opens a stream over a response whose headers have been written. While the service is shutting down, the stream ends at
   * once with a time to reconnect: an EventSource that gets an error instead never returns.
   *
   * @param initialFrame what `feed.initialFrame` has just returned
   * @param options.maxAgeMs the longest time that this watcher may watch; default: as all others
   */
  open(feed: Feed, initialFrame: Frame, sink: Sink, options: { gzip: boolean; maxAgeMs?: number }): void {
    const { gzip, maxAgeMs = Number.POSITIVE_INFINITY } = options;
    const watcher = new Watcher(sink, {
      gzip,
      endsAtMs: this.#clock.nowMs() + Math.min(maxAgeMs, this.#settings.maxAgeMs * (1 - AGE_JITTER * this.#random())),
      nowMs: this.#clock.nowMs,
      counters: this.#counters,
      onError: (error) => this.#log.error('A stream was closed because of an error.', { error }),
    });
    if (this.#draining) {
      watcher.end(this.#closingFrame(commentText('the service is restarting'), RETRY_AFTER_SHUTDOWN_MS));
      return;
    }
    this.#add(feed, watcher, sink);
    watcher.send(initialFrame);
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

  /** Sends the frame of each feed to the watchers that keep up, and ends streams that are too old or too slow. */
  tick(): void {
    const nowMs = this.#clock.nowMs();
    for (const [feed, watchers] of this.#watchersByFeed) {
      // A fault of one feed must not stop the others.
      try {
        const frame = feed.tickFrame();
        for (const watcher of watchers) this.#serve(feed, watcher, frame, nowMs);
      } catch (error) {
        this.#log.error('A tick failed for one feed; its watchers will reconnect.', { error });
        for (const watcher of watchers) watcher.destroy();
      }
    }
  }

  /** Ends every stream, and from now on each new one at once. */
  drain(): void {
    this.#draining = true;
    for (const watchers of this.#watchersByFeed.values()) {
      for (const watcher of watchers)
        watcher.end(this.#closingFrame(commentText('the service is restarting'), RETRY_AFTER_SHUTDOWN_MS));
    }
  }

  #serve(feed: Feed, watcher: Watcher, frame: Frame | undefined, nowMs: number): void {
    const { stalledSinceMs } = watcher;
    try {
      if (stalledSinceMs !== undefined && nowMs - stalledSinceMs >= this.#settings.drainTimeoutMs) {
        watcher.destroy();
      } else if (nowMs >= watcher.endsAtMs) {
        watcher.end(this.#closingFrame('', RETRY_AFTER_AGE_MS));
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

  #add(feed: Feed, watcher: Watcher, sink: Sink): void {
    const watchers = this.#watchersByFeed.get(feed) ?? new Set();
    this.#watchersByFeed.set(feed, watchers.add(watcher));
    this.#count++;
    sink.on('close', () => {
      if (!watchers.delete(watcher)) return;
      this.#count--;
      if (watchers.size === 0) this.#watchersByFeed.delete(feed);
    });
  }

  /**
   * A closing frame with a random time to reconnect, in steps of 100 ms. Watchers with the same time share one: compressing a
   * frame takes a quarter of a megabyte for a moment, and a shutdown needs all of them at once.
   */
  #closingFrame(comment: string, { min, max }: { min: number; max: number }): Frame {
    const retryMs = Math.round((min + (max - min) * this.#random()) / 100) * 100;
    const text = comment + retryText(retryMs);
    const frame = this.#closingFrames.get(text) ?? new Frame(text);
    this.#closingFrames.set(text, frame);
    return frame;
  }
}
