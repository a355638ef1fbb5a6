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
  const { status, last_seen, last_activity, idle_at, offline_at, sessions, rooms } = visitor;
  if (status === 'offline' || last_seen === null || last_activity === null || idle_at === null || offline_at === null) {
    return ['Offline: not heard of within the online window.'];
  }
  const sentences = [
    status === 'active'
      ? `Active: touched the page ${formatAgo(nowSeconds - last_activity)}, and turns idle at ${formatTime(idle_at)} unless it is touched again.`
      : `Idle since ${formatTime(idle_at)}: touched the page last at ${formatTime(last_activity)}.`,
    `Last heard at ${formatTime(last_seen)}; goes offline at ${formatTime(offline_at)} unless heard again.`,
    sessions === 1 ? 'One page is open.' : `${sessions} pages are open.`,
  ];
  if (rooms.length > 0) sentences.push(`In ${rooms.map(isolate).join(', ')}.`);
  return sentences;
}
