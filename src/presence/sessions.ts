/** One open page of a visitor. */
export interface Session {
  /** The page's own id, or `NAMELESS`. */
  readonly id: string;
  /** The first moment the page counts as closed, unless a heartbeat arrives before. */
  endsAtMs: number;
}

/** The id of the one session that all heartbeats without a session share. */
export const NAMELESS = '';

/**
 * Records a heartbeat of one page. A new page displaces the ended ones and, beyond `maxSessions`, the one that ends
 * first.
 */
export function keepSession(
  sessions: Session[],
  id: string,
  endsAtMs: number,
  nowMs: number,
  maxSessions: number,
): void {
  const known = sessions.find((session) => session.id === id);
  if (known) {
    known.endsAtMs = endsAtMs;
    return;
  }
  for (let index = sessions.length - 1; index >= 0; index--) {
    if (sessions[index]!.endsAtMs <= nowMs) sessions.splice(index, 1);
  }
  if (sessions.length >= maxSessions) {
    const first = sessions.reduce((least, session) => (session.endsAtMs < least.endsAtMs ? session : least));
    sessions.splice(sessions.indexOf(first), 1);
  }
  sessions.push({ id, endsAtMs });
}

/** Ends one page, or every page when `id` is undefined, at `endsAtMs` at the latest. */
export function endSession(sessions: readonly Session[], id: string | undefined, endsAtMs: number): void {
  for (const session of sessions) {
    if (id === undefined || session.id === id) session.endsAtMs = Math.min(session.endsAtMs, endsAtMs);
  }
}

/** When the last page ends; `-Infinity` without pages. */
export function lastEndMs(sessions: readonly Session[]): number {
  return sessions.reduce((latest, session) => Math.max(latest, session.endsAtMs), Number.NEGATIVE_INFINITY);
}
