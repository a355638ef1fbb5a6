import type { StreamSettings } from '../config/settings.js';
import { commentText, retryText } from '../protocol/sse.js';
import type { Clock } from '../runtime/clock.js';
import type { Log } from '../runtime/log.js';
import { Frame } from './frame.js';
import type { Sink } from './outlet.js';
import { type StreamCounters, Watcher } from './watcher.js';

/** What watchers of one kind of stream are sent. */
export interface Feed {
  /** What a watcher gets who has just come, or has missed something: all it needs to know to go on from here. */
  initialFrame(lastEventId?: string): Frame;
  /** What everybody who keeps up gets at a tick, if anything. */
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

/** A stream never ends just because its neighbours do: its longest age is cut by up to this share. */
const AGE_JITTER = 0.2;
const RETRY_AFTER_AGE_MS = { least: 500, most: 1500 };
const RETRY_AFTER_SHUTDOWN_MS = { least: 1000, most: 5000 };

/** All open streams: lets each watcher in, feeds it, and sees it out. */
export class Hub {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: Log;
  readonly #settings: StreamSettings;
  readonly #counters: StreamCounters;
  readonly #watchersByFeed = new Map<Feed, Set<Watcher>>();
  readonly #lastFrames = new Map<string, Frame>();
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

  /** Whether another stream would be one too many. */
  get isFull(): boolean {
    return this.#count >= this.#settings.maxStreams;
  }

  /**
   * Takes over a response whose headers have been written, sends what the feed has for a newcomer, and feeds it until it
   * ends. While the service is leaving, the stream ends at once, with a time to come back: an EventSource that gets an
   * error instead would never return.
   *
   * @param options.maxAgeMs how long the watcher may watch, if less than the others
   * @param initialFrame what `feed.initialFrame` has just returned
   */
  open(feed: Feed, initialFrame: Frame, sink: Sink, options: { gzip: boolean; maxAgeMs?: number }): void {
    const { gzip, maxAgeMs = Number.POSITIVE_INFINITY } = options;
    const watcher = new Watcher(sink, {
      gzip,
      endsAtMs: this.#clock.nowMs() + Math.min(maxAgeMs, this.#settings.maxAgeMs * (1 - AGE_JITTER * this.#random())),
      nowMs: this.#clock.nowMs,
      counters: this.#counters,
      onError: (error) => this.#log.error('A stream was dropped because of an error.', { error }),
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

  /** How many watch a feed. */
  watcherCount(feed: Feed): number {
    return this.#watchersByFeed.get(feed)?.size ?? 0;
  }

  /** Sends a frame to all watchers of a feed. Those who cannot take it start afresh at a later tick. */
  broadcast(feed: Feed, frame: Frame): void {
    for (const watcher of this.#watchersByFeed.get(feed) ?? []) {
      try {
        if (!watcher.isBehind) watcher.send(frame);
      } catch (error) {
        this.#drop(watcher, error);
      }
    }
  }

  /** Sends every feed's next frame to those who keep up, and sees out who is too old or too slow. */
  tick(): void {
    const nowMs = this.#clock.nowMs();
    for (const [feed, watchers] of this.#watchersByFeed) {
      // One feed at fault must not silence the others.
      try {
        const frame = feed.tickFrame();
        for (const watcher of watchers) this.#serve(feed, watcher, frame, nowMs);
      } catch (error) {
        this.#log.error('A tick failed for one kind of stream; its watchers will connect again.', { error });
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

  /** One watcher at fault must not cost the others their events. */
  #drop(watcher: Watcher, error: unknown): void {
    this.#log.error('A stream was dropped because of an error.', { error });
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
   * A last frame with a random time to come back, in steps of 100 ms. Watchers with the same time share one: each frame
   * that is compressed takes a quarter of a megabyte for a moment, and at a shutdown all of them are needed at once.
   */
  #closingFrame(comment: string, { least, most }: { least: number; most: number }): Frame {
    const retryMs = Math.round((least + (most - least) * this.#random()) / 100) * 100;
    const text = comment + retryText(retryMs);
    const frame = this.#lastFrames.get(text) ?? new Frame(text);
    this.#lastFrames.set(text, frame);
    return frame;
  }
}
