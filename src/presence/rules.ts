import type { PresenceSettings } from '../config/settings.js';
import type { Hit } from '../protocol/heartbeat.js';
import { endSession, keepSession, lastEndMs, NAMELESS, type Session } from './sessions.js';
import { ACTIVE, IDLE, OFFLINE, type StatusCode } from './status.js';

/**
 * One visitor on the site, or one visitor in one room. The functions of this file are the only ones that decide what a
 * heartbeat, a leave and time do to it. All times are milliseconds of one clock.
 */
export interface Place {
  /** When the last heartbeat arrived. */
  lastSeenMs: number;
  /** When the person last touched a page. */
  lastActivityMs: number;
  /** The first moment the visitor is no longer here, unless a heartbeat arrives before. `-Infinity` once it has ended. */
  endsAtMs: number;
  /** The open pages. Undefined for a single nameless page that ends at `endsAtMs`: most visitors need no array. */
  sessions: Session[] | undefined;
}

/** A visitor on the site and in rooms. */
export interface VisitorState {
  readonly site: Place;
  /** By room name. Undefined for a visitor who has not been in any, as most. */
  readonly rooms: ReadonlyMap<string, Place> | undefined;
  /** Canonical JSON text; undefined when none was given. */
  readonly info: string | undefined;
  /** When the visitor last came online. */
  readonly onlineSinceMs: number;
  /** Whether others see the visitor as offline. */
  readonly isInvisible: boolean;
}

/** Some of a visitor's rooms. */
export type RoomNames = readonly string[] | 'all';

/**
 * Applies a heartbeat: its page stays open for another online window. In a place that has ended, the sessions and the
 * activity from before are cleared.
 */
export function applyHit(
  place: Place,
  { session, activityMs }: Pick<Hit, 'session' | 'activityMs'>,
  atMs: number,
  { onlineWindowMs, maxSessions }: PresenceSettings,
): void {
  if (hasEnded(place, atMs)) endPlace(place);
  const endsAtMs = atMs + onlineWindowMs + 1;
  if (session !== undefined || place.sessions !== undefined) {
    if (place.sessions === undefined && hasEnded(place, atMs)) {
      // An array that starts empty takes memory for 17 elements with the first one.
      place.sessions = [{ id: session ?? NAMELESS, endsAtMs }];
    } else {
      place.sessions ??= [{ id: NAMELESS, endsAtMs: place.endsAtMs }];
      keepSession(place.sessions, session ?? NAMELESS, endsAtMs, atMs, maxSessions);
    }
  }
  place.lastSeenMs = atMs;
  place.lastActivityMs = Math.max(place.lastActivityMs, Math.min(activityMs, atMs));
  place.endsAtMs = endsAtMs;
}

/**
 * Applies a leave of one page, or of every page when `session` is undefined. The page ends after the settling time, unless
 * it sends a heartbeat before. No effect when the page is not open.
 */
export function applyLeave(
  place: Place,
  session: string | undefined,
  atMs: number,
  { leaveSettleMs }: PresenceSettings,
): void {
  const endsAtMs = atMs + leaveSettleMs;
  if (place.sessions !== undefined) {
    endSession(place.sessions, session, endsAtMs);
    place.endsAtMs = lastEndMs(place.sessions);
  } else if (session === undefined) {
    place.endsAtMs = Math.min(place.endsAtMs, endsAtMs);
  }
}

/**
 * Which room a visitor who enters another one has to give up: the stalest, which is the one that ends first; by name among
 * equals, so that the order in which instances know the rooms makes no difference.
 *
 * @param rooms may include rooms that have ended
 * @returns undefined while there are fewer than `maxRoomsPerVisitor`
 */
export function roomToGiveUp(
  rooms: Iterable<readonly [room: string, endsAtMs: number]>,
  atMs: number,
  { maxRoomsPerVisitor }: PresenceSettings,
): string | undefined {
  let count = 0;
  let stalest: readonly [room: string, endsAtMs: number] | undefined;
  for (const each of rooms) {
    const [room, endsAtMs] = each;
    if (endsAtMs <= atMs) continue;
    count++;
    const isStaler = stalest === undefined || endsAtMs < stalest[1] || (endsAtMs === stalest[1] && room < stalest[0]);
    if (isStaler) stalest = each;
  }
  return count >= maxRoomsPerVisitor ? stalest?.[0] : undefined;
}

/** Keeps every page that ends after `afterMs` open until `untilMs` at least. */
export function extendSessions(place: Place, afterMs: number, untilMs: number): void {
  if (place.sessions === undefined) {
    if (place.endsAtMs > afterMs) place.endsAtMs = Math.max(place.endsAtMs, untilMs);
    return;
  }
  for (const session of place.sessions) {
    if (session.endsAtMs > afterMs) session.endsAtMs = Math.max(session.endsAtMs, untilMs);
  }
  place.endsAtMs = lastEndMs(place.sessions);
}

/** A time in which this process did not run, so that no heartbeat could arrive. */
export interface Gap {
  /** The last moment that is known to be before it. */
  readonly fromMs: number;
  /** The first moment after it. */
  readonly toMs: number;
}

/**
 * Keeps every page that was open at the beginning of a gap open for as long as it had left then, but no longer than
 * `graceMs` after the gap, or than without the gap.
 */
export function bridgeGap(place: Place, { fromMs, toMs }: Gap, graceMs: number): void {
  const endAfterGapMs = (endsAtMs: number) => {
    if (endsAtMs <= fromMs) return endsAtMs;
    return Math.max(endsAtMs, Math.min(endsAtMs + toMs - fromMs, toMs + graceMs));
  };
  if (place.sessions === undefined) {
    place.endsAtMs = endAfterGapMs(place.endsAtMs);
    return;
  }
  for (const session of place.sessions) session.endsAtMs = endAfterGapMs(session.endsAtMs);
  place.endsAtMs = lastEndMs(place.sessions);
}

/** Ends a place at once, even with open pages, and clears its sessions and its activity. */
export function endPlace(place: Place): void {
  place.endsAtMs = Number.NEGATIVE_INFINITY;
  place.lastActivityMs = Number.NEGATIVE_INFINITY;
  place.sessions = undefined;
}

/** Whether the visitor is no longer here. */
export const hasEnded = (place: Place, atMs: number): boolean => place.endsAtMs <= atMs;

/** The status at `nowMs`, which must not be earlier than the last heartbeat or leave. */
export function statusAt(place: Place, nowMs: number, settings: PresenceSettings): StatusCode {
  if (hasEnded(place, nowMs)) return OFFLINE;
  return idleAtMs(place, settings) > nowMs ? ACTIVE : IDLE;
}

/** The first moment the visitor is idle, unless there is activity before. */
export const idleAtMs = ({ lastActivityMs }: Place, { activeWindowMs }: PresenceSettings): number =>
  lastActivityMs + activeWindowMs + 1;

/** When the status changes next without a heartbeat or a leave. For a place that has not ended. */
export function nextChangeMs(place: Place, nowMs: number, settings: PresenceSettings): number {
  const idleMs = idleAtMs(place, settings);
  return idleMs > nowMs ? Math.min(idleMs, place.endsAtMs) : place.endsAtMs;
}

/** How many pages are open. For a place that has not ended. */
export const openSessionCount = ({ sessions }: Place, nowMs: number): number =>
  sessions?.filter(({ endsAtMs }) => endsAtMs > nowMs).length ?? 1;
