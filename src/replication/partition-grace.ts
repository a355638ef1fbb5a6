import type { PresenceSettings } from '../config/settings.js';
import { extendSessions, type VisitorState } from '../presence/rules.js';

/**
 * A time without expiry: a visitor who is silent here may be sending heartbeats to an instance that cannot be reached.
 * Leaves still take effect. Eureka calls it self-preservation.
 */
export interface PartitionGrace {
  /** Covers visitors who were online then, or have come since. */
  readonly sinceMs: number;
  /** The first moment at which visitors expire again. */
  readonly untilMs: number;
}

/** The longest grace, in online windows. */
const MAX_WINDOWS = 5;
/** What share of the online window the grace lasts after the log is back: the others publish their backlog meanwhile. */
const CATCH_UP_SHARE = 1 / 3;

/** The grace when the log is lost at `nowMs`. A grace that is running goes on. */
export function beginGrace(running: PartitionGrace | undefined, nowMs: number, onlineWindowMs: number): PartitionGrace {
  const sinceMs = running?.sinceMs ?? nowMs;
  return { sinceMs, untilMs: sinceMs + MAX_WINDOWS * onlineWindowMs };
}

/** The grace when the log is back at `nowMs`: it ends soon. */
export function endGrace({ sinceMs, untilMs }: PartitionGrace, nowMs: number, onlineWindowMs: number): PartitionGrace {
  return { sinceMs, untilMs: Math.min(untilMs, nowMs + Math.ceil(CATCH_UP_SHARE * onlineWindowMs)) };
}

/**
 * Keeps every page open that would end by silence.
 *
 * @param lastMs the time of the visitor's last operation
 */
export function applyGrace(
  state: VisitorState,
  { sinceMs, untilMs }: PartitionGrace,
  lastMs: number,
  { leaveSettleMs }: PresenceSettings,
): void {
  // A page that ends earlier ended before the grace, or by a leave.
  const afterMs = Math.max(sinceMs, lastMs + leaveSettleMs);
  for (const place of [state.site, ...(state.rooms?.values() ?? [])]) extendSessions(place, afterMs, untilMs);
}
