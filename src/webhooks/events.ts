import type { Diff } from '../presence/types.js';
import type { WebhookEventType } from '../protocol/webhook-events.js';

/** A message in the form of Standard Webhooks: `data` is the JSON text of its content. */
export const messageJson = (type: string, timestamp: string, data: string): string =>
  `{"type":"${type}","timestamp":"${timestamp}","data":${data}}`;

/** A visitor as messages show one. `info` is JSON text already. */
export const visitorJson = (uid: string, status: string, info: string | undefined): string =>
  `{"uid":${JSON.stringify(uid)},"status":"${status}"${info === undefined ? '' : `,"info":${info}`}}`;

/**
 * The events of a flush, as JSON texts in the order in which a receiver applies them.
 *
 * @param timestamp when the flush happened, in the form of ISO 8601
 * @param types the types that are sent; events of other types are left out
 */
export function eventsOf(diffs: readonly Diff[], timestamp: string, types: ReadonlySet<WebhookEventType>): string[] {
  const events: string[] = [];
  const add = (type: WebhookEventType, data: string) => {
    if (types.has(type)) events.push(messageJson(type, timestamp, data));
  };
  for (const { room, joined, left, active, idle, updated } of diffs) {
    if (room !== undefined) continue;
    for (const { uid, onlineMs } of left) {
      const id = JSON.stringify(uid);
      add('visitor.left', `{"uid":${id},"status":"offline","online_seconds":${onlineMs / 1000}}`);
    }
    for (const { uid, status, info } of joined) add('visitor.joined', visitorJson(uid, status, info));
    for (const uid of active) add('visitor.active', visitorJson(uid, 'active', undefined));
    for (const uid of idle) add('visitor.idle', visitorJson(uid, 'idle', undefined));
    for (const { uid, info } of updated) {
      add('visitor.updated', `{"uid":${JSON.stringify(uid)},"info":${info ?? '{}'}}`);
    }
  }
  return events;
}
