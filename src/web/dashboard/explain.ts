/** What `/v1/visitors/:uid` answers; times in Unix seconds. */
export interface Visitor {
  readonly uid: string;
  readonly status: 'active' | 'idle' | 'offline';
  readonly last_seen: number | null;
  readonly last_activity: number | null;
  readonly idle_at: number | null;
  readonly offline_at: number | null;
  readonly sessions: number;
  readonly rooms: readonly string[];
  readonly info: Readonly<Record<string, unknown>> | null;
}

/** A time of day, such as 14:02:30. */
export type TimeOfDay = (unixSeconds: number) => string;

/** Why a visitor is what it is, and what happens next, in sentences. */
export function explain(visitor: Visitor, timeOfDay: TimeOfDay, nowSeconds: number): string[] {
  const { status, last_seen: seen, last_activity: touched, idle_at: idleAt, offline_at: offlineAt } = visitor;
  if (status === 'offline' || seen === null || touched === null || idleAt === null || offlineAt === null) {
    return ['Offline: not heard of within the online window.'];
  }
  const sentences = [
    status === 'active'
      ? `Active: touched the page ${ago(nowSeconds - touched)}, and turns idle at ${timeOfDay(idleAt)} unless it is touched again.`
      : `Idle since ${timeOfDay(idleAt)}: touched the page last at ${timeOfDay(touched)}.`,
    `Last heard at ${timeOfDay(seen)}; goes offline at ${timeOfDay(offlineAt)} unless heard again.`,
    visitor.sessions === 1 ? 'One page is open.' : `${visitor.sessions} pages are open.`,
  ];
  if (visitor.rooms.length > 0) sentences.push(`In ${visitor.rooms.join(', ')}.`);
  return sentences;
}

/** How long ago something was, in words. */
export function ago(seconds: number): string {
  if (seconds < 2) return 'just now';
  if (seconds < 100) return `${Math.round(seconds)} s ago`;
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3600)} h ago`;
}
