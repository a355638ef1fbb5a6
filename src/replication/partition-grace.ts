import { extendSessions, type VisitorState } from '../presence/rules.js';

/** A time in which a visitor's silence says nothing, as the process that hears the visitor may not be heard. */
export interface Hold {
  /** Who was here then, or has come since, stays. */
  readonly sinceMs: number;
  /** At most until then. */
  readonly untilMs: number;
}

/** Silence is no sign for at most so many online windows; then it is one again. */
const MAX_WINDOWS = 5;
/** What share of the online window the others have to tell what they could not. */
const GRACE_SHARE = 1 / 3;

/** A hold that begins, or goes on, now that the others cannot be heard. */
export function beginHold(running: Hold | undefined, nowMs: number, onlineWindowMs: number): Hold {
  const sinceMs = running?.sinceMs ?? nowMs;
  return { sinceMs, untilMs: sinceMs + MAX_WINDOWS * onlineWindowMs };
}

/** A hold that ends soon, now that the others can be heard again. */
export function endHold({ sinceMs, untilMs }: Hold, nowMs: number, onlineWindowMs: number): Hold {
  return { sinceMs, untilMs: Math.min(untilMs, nowMs + Math.ceil(GRACE_SHARE * onlineWindowMs)) };
}

/**
 * Lets every page go on that would end by silence. Those that have said goodbye end all the same.
 *
 * @param lastMs when the visitor was last heard of; a goodbye ends its page soon after
 */
export function applyHold(state: VisitorState, hold: Hold, lastMs: number, leaveSettleMs: number): void {
  // What ends no later has ended before the grace began, or by a leave.
  const afterMs = Math.max(hold.sinceMs, lastMs + leaveSettleMs);
  for (const place of [state.site, ...(state.rooms?.values() ?? [])]) extendSessions(place, afterMs, hold.untilMs);
}
