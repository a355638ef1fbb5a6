import { type CollectFunction, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Presence } from '../presence/presence.js';
import type { Replicator } from '../replication/replicator.js';
import type { Clock } from '../runtime/clock.js';
import type { Feeds } from '../streams/feeds.js';
import type { Webhooks } from '../webhooks/webhooks.js';
import type { Counters } from './counters.js';
import { registerWebhookMetrics } from './webhook-metrics.js';

/** What metrics are read from. */
export interface MetricsDependencies {
  readonly presence: Presence;
  readonly feeds: Feeds;
  readonly counters: Counters;
  readonly clock: Clock;
  /** Undefined for a single instance. */
  readonly replicator: Replicator | undefined;
  /** Undefined when no webhooks are sent. */
  readonly webhooks: Webhooks | undefined;
  readonly version: string;
}

const TICK_BUCKETS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
const LAG_BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];

/** The metrics for Prometheus. The values of labels come from closed lists, never from clients. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #tickSeconds: Histogram;
  readonly #tickDelaySeconds: Histogram;
  readonly #flushSeconds: Histogram;

  constructor({ presence, feeds, counters, clock, replicator, webhooks, version }: MetricsDependencies) {
    const registers = [this.#registry];
    // Process and event loop: CPU, memory, delay, garbage collection.
    collectDefaultMetrics({ register: this.#registry });
    const gauge = (name: string, help: string, labelNames: string[], collect: CollectFunction<Gauge>) =>
      new Gauge({ name, help, labelNames, registers, collect });
    const counter = (
      name: string,
      help: string,
      labelNames: string[],
      read: (set: (labels: object, value: number) => void) => void,
    ) =>
      new Counter({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset();
          read((labels, value) => this.inc(labels, value));
        },
      });

    gauge('presence_visitors', 'Visitors online, by status', ['status'], function () {
      const { active, idle } = presence.totals(clock.nowMs());
      this.set({ status: 'active' }, active);
      this.set({ status: 'idle' }, idle);
    });
    gauge('presence_rooms', 'Rooms with visitors in them', [], function () {
      this.set(presence.roomCount);
    });
    gauge('presence_last_seen', 'Offline visitors who are remembered', [], function () {
      this.set(presence.lastSeenCount);
    });
    gauge('presence_streams', 'Open streams, by kind', ['kind'], function () {
      for (const [kind, count] of feeds.watchersByKind()) this.set({ kind }, count);
    });
    gauge('presence_build_info', 'Always 1; the labels are the versions', ['version', 'node'], function () {
      this.set({ version, node: process.versions.node }, 1);
    });
    counter('presence_heartbeats_total', 'Heartbeats accepted', [], (set) => set({}, counters.heartbeats));
    counter('presence_leaves_total', 'Leaves accepted', [], (set) => set({}, counters.leaves));
    counter('presence_stream_bytes_total', 'Bytes written to streams', [], (set) => set({}, counters.streamBytes));
    counter('presence_skipped_frames_total', 'Frames not sent to slow watchers', [], (set) =>
      set({}, counters.skippedFrames),
    );
    counter('presence_evicted_streams_total', 'Streams ended to make room for newer ones', [], (set) =>
      set({}, counters.evictedStreams),
    );
    counter('presence_deferred_streams_total', 'Streams that got no place, only a time to reconnect', [], (set) =>
      set({}, counters.deferredStreams),
    );
    counter('presence_rejections_total', 'Rejected requests, by error code', ['code'], (set) => {
      for (const [code, count] of counters.rejections) set({ code }, count);
    });
    const histogram = (name: string, help: string, buckets = TICK_BUCKETS_SECONDS) =>
      new Histogram({ name, help, buckets, registers });
    this.#tickSeconds = histogram('presence_tick_duration_seconds', 'Duration of a tick');
    this.#tickDelaySeconds = histogram('presence_tick_delay_seconds', 'How much later than due a tick began');
    this.#flushSeconds = histogram('presence_flush_duration_seconds', 'Time to send gathered changes to watchers');
    if (webhooks !== undefined) registerWebhookMetrics(webhooks, this.#registry);
    if (replicator === undefined) return;
    const { counters: shared, outbox } = replicator;
    gauge('presence_redis_up', '1 while presence is shared through Redis, else 0', [], function () {
      this.set(replicator.problem === undefined ? 1 : 0);
    });
    gauge(
      'presence_redis_outbox_operations',
      'Operations that wait to be published to the other instances',
      [],
      function () {
        this.set(outbox.size);
      },
    );
    counter('presence_redis_outbox_dropped_total', 'Operations dropped because the outbox was full', [], (set) =>
      set({}, outbox.dropped),
    );
    counter('presence_redis_connections_total', 'Successful connections to Redis', [], (set) =>
      set({}, shared.connections),
    );
    counter('presence_redis_published_total', 'Operations published to the other instances', [], (set) =>
      set({}, shared.published),
    );
    counter('presence_redis_received_total', 'Operations received from the other instances', [], (set) =>
      set({}, shared.received),
    );
    counter('presence_redis_refused_total', 'Received operations that exceed a limit of this instance', [], (set) =>
      set({}, shared.refused),
    );
    counter('presence_redis_unreadable_total', 'Received operations that could not be decoded', [], (set) =>
      set({}, shared.unreadable),
    );
    const lag = histogram(
      'presence_redis_lag_seconds',
      'Age of operations when they are received',
      LAG_BUCKETS_SECONDS,
    );
    shared.onLag((lagMs) => lag.observe(lagMs / 1000));
  }

  /** The media type of what `render` returns. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Records a tick. */
  observeTick(durationMs: number, delayMs: number): void {
    this.#tickSeconds.observe(durationMs / 1000);
    this.#tickDelaySeconds.observe(Math.max(0, delayMs) / 1000);
  }

  /** Records a flush of changes. */
  observeFlush(durationMs: number): void {
    this.#flushSeconds.observe(durationMs / 1000);
  }

  /** All metrics, as Prometheus text. */
  render(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** Creates the metrics of a service. */
export const createMetrics = (dependencies: MetricsDependencies): Metrics => new Metrics(dependencies);
