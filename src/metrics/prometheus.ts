import { type CollectFunction, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Presence } from '../presence/presence.js';
import type { Replicator } from '../replication/replicator.js';
import type { Clock } from '../runtime/clock.js';
import type { Feeds } from '../streams/feeds.js';
import type { Counters } from './counters.js';

/** What metrics are read from. */
export interface MetricsDependencies {
  readonly presence: Presence;
  readonly feeds: Feeds;
  readonly counters: Counters;
  readonly clock: Clock;
  /** Undefined where presence is not shared. */
  readonly replicator: Replicator | undefined;
  readonly version: string;
}

const TICK_BUCKETS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
const LAG_BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];

/** What the service tells Prometheus. Labels come from closed lists, never from clients. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #tickSeconds: Histogram;
  readonly #tickLateSeconds: Histogram;

  constructor({ presence, feeds, counters, clock, replicator, version }: MetricsDependencies) {
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
    gauge('presence_rooms', 'Rooms with somebody in them', [], function () {
      this.set(presence.roomCount);
    });
    gauge('presence_streams', 'Open streams, by kind', ['kind'], function () {
      for (const [kind, count] of feeds.watchersByKind()) this.set({ kind }, count);
    });
    gauge('presence_build_info', 'Always 1; the labels tell the version', ['version', 'node'], function () {
      this.set({ version, node: process.versions.node }, 1);
    });
    counter('presence_heartbeats_total', 'Heartbeats taken', [], (set) => set({}, counters.heartbeats));
    counter('presence_leaves_total', 'Goodbyes taken', [], (set) => set({}, counters.leaves));
    counter('presence_stream_bytes_total', 'Bytes handed to streams', [], (set) => set({}, counters.streamBytes));
    counter('presence_skipped_frames_total', 'Frames that slow watchers missed', [], (set) =>
      set({}, counters.skippedFrames),
    );
    counter('presence_rejections_total', 'Requests refused, by code', ['code'], (set) => {
      for (const [code, count] of counters.rejections) set({ code }, count);
    });
    const histogram = (name: string, help: string, buckets = TICK_BUCKETS_SECONDS) =>
      new Histogram({ name, help, buckets, registers });
    this.#tickSeconds = histogram('presence_tick_duration_seconds', 'How long a tick took');
    this.#tickLateSeconds = histogram('presence_tick_delay_seconds', 'How much later than due a tick began');
    if (replicator === undefined) return;
    const { counters: shared, outbox } = replicator;
    gauge('presence_redis_up', 'Whether presence is shared through Redis right now', [], function () {
      this.set(replicator.problem === undefined ? 1 : 0);
    });
    gauge(
      'presence_redis_outbox_operations',
      'Heartbeats and goodbyes not told to the other instances yet',
      [],
      function () {
        this.set(outbox.size);
      },
    );
    counter('presence_redis_outbox_dropped_total', 'Those given up, as too many waited', [], (set) =>
      set({}, outbox.dropped),
    );
    counter('presence_redis_connections_total', 'How often Redis was found and followed', [], (set) =>
      set({}, shared.connections),
    );
    counter('presence_redis_published_total', 'Heartbeats and goodbyes told to the other instances', [], (set) =>
      set({}, shared.published),
    );
    counter('presence_redis_received_total', 'Heartbeats and goodbyes heard from the other instances', [], (set) =>
      set({}, shared.received),
    );
    counter('presence_redis_refused_total', 'Those heard for which there was no room', [], (set) =>
      set({}, shared.refused),
    );
    counter('presence_redis_unreadable_total', 'Those heard that could not be read', [], (set) =>
      set({}, shared.unreadable),
    );
    const lag = histogram('presence_redis_lag_seconds', 'How old was what other instances told', LAG_BUCKETS_SECONDS);
    shared.onLag((lagMs) => lag.observe(lagMs / 1000));
  }

  /** The media type of what `render` gives. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Takes note of a tick. */
  observeTick(durationMs: number, lateMs: number): void {
    this.#tickSeconds.observe(durationMs / 1000);
    this.#tickLateSeconds.observe(Math.max(0, lateMs) / 1000);
  }

  /** Everything, as Prometheus text. */
  render(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** The metrics of a service. */
export const createMetrics = (dependencies: MetricsDependencies): Metrics => new Metrics(dependencies);
