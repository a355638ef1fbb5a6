import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Webhooks } from '../webhooks/webhooks.js';

/** Up to the age at which a snapshot takes the place of events that wait. */
const LAG_BUCKETS_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/** Adds the metrics of webhooks. */
export function registerWebhookMetrics(webhooks: Webhooks, registry: Registry): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const { counters, queue } = webhooks;
  gauge('presence_webhook_active', '1 on the instance that sends webhooks, else 0', () => (webhooks.isActive ? 1 : 0));
  gauge('presence_webhook_up', '0 after an attempt that failed, else 1', () => (webhooks.isUp ? 1 : 0));
  gauge('presence_webhook_waiting_events', 'Events that wait to be delivered', () => queue.size);
  counter('presence_webhook_delivered_total', 'Events delivered', () => counters.delivered);
  counter('presence_webhook_snapshots_total', 'Parts of snapshots delivered', () => counters.snapshots);
  counter('presence_webhook_failures_total', 'Attempts to deliver that failed', () => counters.failures);
  counter('presence_webhook_dropped_total', 'Events that a snapshot replaced', () => queue.dropped);
  const help = 'Age of the oldest event of each message when it is delivered';
  const lag = new Histogram({
    name: 'presence_webhook_lag_seconds',
    help,
    buckets: LAG_BUCKETS_SECONDS,
    registers,
  });
  counters.onLag((lagMs) => lag.observe(lagMs / 1000));
}
