/** One open page of a visitor. */
export interface Session {
  /** `''` is the nameless session that hits without a session share. */
  readonly id: string;
  /** The first moment the page counts as gone, unless heard of before. */
  endsAtMs: number;
}

/** The id of the session that hits without one share. */
export const NAMELESS = '';

/**
 * Records a hit of one page. When the visitor has `maxSessions` pages already, the gone ones give way, then the stalest.
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
    const stalest = sessions.reduce((least, session) => (session.endsAtMs < least.endsAtMs ? session : least));
    sessions.splice(sessions.indexOf(stalest), 1);
  }
  sessions.push({ id, endsAtMs });
}

/** Lets one page, or every page when `id` is undefined, end no later than `endsAtMs`. False when there is no such page. */
export function endSession(sessions: Session[], id: string | undefined, endsAtMs: number): boolean {
  let found = false;
  for (const session of sessions) {
    if (id !== undefined && session.id !== id) continue;
    found = true;
    session.endsAtMs = Math.min(session.endsAtMs, endsAtMs);
  }
  return found;
}

/** When the last of the pages is gone. */
export function lastEndMs(sessions: readonly Session[]): number {
  return sessions.reduce((latest, session) => Math.max(latest, session.endsAtMs), Number.NEGATIVE_INFINITY);
}
