import type { Diff } from '../presence/types.js';
import type { WebhookEventType } from '../protocol/webhook-events.js';

type Add = (type: WebhookEventType, data: string) => void;

/** A message in the form of Standard Webhooks: `data` is the JSON text of its content. */
export const messageJson = (type: string, timestamp: string, data: string): string =>
  `{"type":"${type}","timestamp":"${timestamp}","data":${data}}`;

/**
 * The events of a flush, as JSON texts in the order in which a receiver applies them: who joins the site does so before
 * joining a room, and who leaves it has left all rooms.
 *
 * @param timestamp when the flush happened, in the form of ISO 8601
 * @param types the types that are sent; events of other types are left out
 */
export function eventsOf(diffs: readonly Diff[], timestamp: string, types: ReadonlySet<WebhookEventType>): string[] {
  const events: string[] = [];
  const add: Add = (type, data) => {
    if (types.has(type)) events.push(messageJson(type, timestamp, data));
  };
  const site = diffs.find(({ room }) => room === undefined);
  if (site !== undefined) addSite(site, add);
  for (const diff of diffs) if (diff.room !== undefined) addRoom(diff, diff.room, add);
  for (const { uid, onlineMs } of site?.left ?? []) {
    add('visitor.left', `{${uidJson(uid)},"status":"offline","online_seconds":${onlineMs / 1000}}`);
  }
  return events;
}

function addSite({ joined, active, idle, updated }: Diff, add: Add): void {
  for (const { uid, status, info } of joined) {
    add('visitor.joined', `{${uidJson(uid)},"status":"${status}"${infoJson(info)}}`);
  }
  for (const uid of active) add('visitor.active', `{${uidJson(uid)},"status":"active"}`);
  for (const uid of idle) add('visitor.idle', `{${uidJson(uid)},"status":"idle"}`);
  for (const { uid, info } of updated) add('visitor.updated', `{${uidJson(uid)},"info":${info ?? '{}'}}`);
}

/** New info is an event of the site alone: a visitor has the same in all rooms. */
function addRoom({ totals, joined, left, active, idle }: Diff, name: string, add: Add): void {
  const room = `"room":${JSON.stringify(name)}`;
  const onlineBefore = totals.online - joined.length + left.length;
  if (onlineBefore === 0 && totals.online > 0) add('room.occupied', `{${room}}`);
  for (const { uid, status, info } of joined) {
    add('room.joined', `{${room},${uidJson(uid)},"status":"${status}"${infoJson(info)}}`);
  }
  for (const uid of active) add('room.active', `{${room},${uidJson(uid)},"status":"active"}`);
  for (const uid of idle) add('room.idle', `{${room},${uidJson(uid)},"status":"idle"}`);
  for (const { uid } of left) add('room.left', `{${room},${uidJson(uid)}}`);
  if (onlineBefore > 0 && totals.online === 0) add('room.vacated', `{${room}}`);
}

/** The member `uid`. */
export const uidJson = (uid: string): string => `"uid":${JSON.stringify(uid)}`;

/** The member `info` with a comma before it, or nothing. `info` is JSON text already. */
export const infoJson = (info: string | undefined): string => (info === undefined ? '' : `,"info":${info}`);
