import type { VisitorAnswer } from '../../protocol/messages.js';
import { formatAgo } from './format.js';
import { isolate } from './isolate.js';

/**
 * Explains in sentences why a visitor has its status, and what changes it next.
 *
 * @param formatTime formats a time in Unix seconds
 * @param nowSeconds the current time in Unix seconds, by the server's clock
 */
export function explain(
  visitor: VisitorAnswer,
  formatTime: (unixSeconds: number) => string,
  nowSeconds: number,
): string[] {
  const { status, last_seen, last_activity, online_since, idle_at, offline_at, sessions, rooms } = visitor;
  if (last_seen === null || last_activity === null) return ['Offline: no heartbeat within the online window.'];
  if (online_since === null || idle_at === null || offline_at === null) {
    return [
      `Offline: last seen ${formatAgo(nowSeconds - last_seen)}, at ${formatTime(last_seen)}.`,
      `Touched the page last at ${formatTime(last_activity)}.`,
    ];
  }
  const sentences = [
    status === 'active'
      ? `Active: touched the page ${formatAgo(nowSeconds - last_activity)}, and turns idle at ${formatTime(idle_at)} unless it is touched again.`
      : `Idle since ${formatTime(idle_at)}: touched the page last at ${formatTime(last_activity)}.`,
    `Online since ${formatTime(online_since)}.`,
    `Last heartbeat at ${formatTime(last_seen)}; goes offline at ${formatTime(offline_at)} without another one.`,
    sessions === 1 ? 'One page is open.' : `${sessions} pages are open.`,
  ];
  if (rooms.length > 0) sentences.push(`In ${rooms.map(isolate).join(', ')}.`);
  return sentences;
}
