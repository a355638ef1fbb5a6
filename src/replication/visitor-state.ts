import type { PresenceSettings } from '../config/settings.js';
import type { PlaceState, VisitorState } from '../presence/rules.js';
import { endSession, keepSession, lastEndMs, NAMELESS } from '../presence/sessions.js';
import type { Hit, Leave } from '../protocol/heartbeat.js';

/** When and where something happened. Together, `atMs`, `origin` and `number` put everything in one order. */
interface Stamp {
  /** When it was taken, in milliseconds of the clock of whoever holds it now. */
  readonly atMs: number;
  /** The process that took it. */
  readonly origin: string;
  /** Grows with everything that the process takes. */
  readonly number: number;
}

/** A heartbeat as instances tell each other of it. */
export interface HitOperation extends Hit, Stamp {
  readonly kind: 'hit';
  /** Undefined when the heartbeat says it all. */
  readonly known: Knowledge | undefined;
}

/** What a process knew of a visitor beside the heartbeat, so that somebody who has heard of nothing before learns it too. */
export interface Knowledge {
  /** The latest touch of any page of the site, and of any in the heartbeat's room. */
  readonly siteActivityMs: number;
  readonly roomActivityMs: number;
  /** The info and when it was given; undefined when there is none, or the heartbeat brings its own. */
  readonly info: string | undefined;
  readonly infoAtMs: number;
}

/** A goodbye as instances tell each other of it. */
export interface LeaveOperation extends Leave, Stamp {
  readonly kind: 'leave';
}

/** Something that instances tell each other of. */
export type Operation = HitOperation | LeaveOperation;

/** Less than zero when the first happened first. No two different operations are equal. */
export function compareOperations(a: Operation, b: Operation): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  if (a.origin !== b.origin) return a.origin < b.origin ? -1 : 1;
  return a.number - b.number;
}

/** Nothing is known. */
export const newState = (): VisitorState => ({
  site: newPlace(),
  rooms: undefined,
  info: undefined,
  infoAtMs: Number.NEGATIVE_INFINITY,
});

/** A copy that later operations do not change. */
export function copyState(state: VisitorState): VisitorState {
  const rooms = state.rooms && new Map([...state.rooms].map(([room, place]) => [room, copyPlace(place)]));
  return { ...state, site: copyPlace(state.site), rooms };
}

const copyPlace = (place: PlaceState): PlaceState => ({
  ...place,
  sessions: place.sessions.map((session) => ({ ...session })),
});

/**
 * Makes a visitor's state what it is after an operation, by the same rules as `Presence`. Operations must come in their
 * order.
 */
export function applyOperation(state: VisitorState, operation: Operation, settings: PresenceSettings): void {
  settle(state, operation.atMs, horizonMs(settings));
  if (operation.kind === 'hit') applyHit(state, operation, settings);
  else applyLeave(state, operation, settings);
}

/** How late something may be told and still be taken: longer, and its visitor would have gone again. */
export const horizonMs = ({ onlineWindowMs, leaveSettleMs }: PresenceSettings): number =>
  onlineWindowMs + leaveSettleMs + 1000;

/** Off the site is off every room, and forgets everything but since when. */
function settle(state: VisitorState, atMs: number, keptMs: number): void {
  if (end(state.site, atMs)) {
    state.info = undefined;
    // A room may still have a page that `maxSessions` has displaced on the site.
    for (const place of state.rooms?.values() ?? []) place.endsAtMs = Math.min(place.endsAtMs, state.site.endsAtMs);
  }
  if (state.rooms === undefined) return;
  for (const [room, place] of state.rooms) {
    end(place, atMs);
    if (place.sessions.length === 0 && place.endedAtMs <= atMs - keptMs) state.rooms.delete(room);
  }
}

function end(place: PlaceState, atMs: number): boolean {
  if (place.endsAtMs > atMs || place.sessions.length === 0) return false;
  place.endedAtMs = place.endsAtMs;
  place.lastActivityMs = Number.NEGATIVE_INFINITY;
  place.sessions = [];
  return true;
}

function applyHit(state: VisitorState, hit: HitOperation, settings: PresenceSettings): void {
  const { known, atMs } = hit;
  hear(state.site, hit, known?.siteActivityMs, settings);
  if (hit.room !== undefined) {
    state.rooms ??= new Map();
    const place = state.rooms.get(hit.room) ?? newPlace();
    state.rooms.set(hit.room, place);
    hear(place, hit, known?.roomActivityMs, settings);
  }
  if (hit.info !== undefined) {
    state.info = hit.info;
    state.infoAtMs = atMs;
  } else if (known?.info !== undefined && known.infoAtMs > state.infoAtMs && known.infoAtMs > state.site.endedAtMs) {
    state.info = known.info;
    state.infoAtMs = known.infoAtMs;
  }
}

function applyLeave(
  state: VisitorState,
  { room, session, atMs }: LeaveOperation,
  { leaveSettleMs }: PresenceSettings,
): void {
  const places = room === undefined ? [state.site, ...(state.rooms?.values() ?? [])] : [state.rooms?.get(room)];
  for (const place of places) {
    if (place === undefined || !endSession(place.sessions, session, atMs + leaveSettleMs)) continue;
    place.endsAtMs = lastEndMs(place.sessions);
  }
}

const newPlace = (): PlaceState => ({
  lastSeenMs: 0,
  lastActivityMs: Number.NEGATIVE_INFINITY,
  endsAtMs: Number.NEGATIVE_INFINITY,
  endedAtMs: Number.NEGATIVE_INFINITY,
  sessions: [],
});

function hear(
  place: PlaceState,
  hit: HitOperation,
  knownActivityMs: number | undefined,
  settings: PresenceSettings,
): void {
  const { atMs, activityMs } = hit;
  const endsAtMs = atMs + settings.onlineWindowMs + 1;
  keepSession(place.sessions, hit.session ?? NAMELESS, endsAtMs, atMs, settings.maxSessions);
  // What the other process knew may be of a time before a goodbye that it had not heard of.
  const isNews = knownActivityMs !== undefined && knownActivityMs > place.endedAtMs;
  const latestMs = isNews ? Math.max(activityMs, knownActivityMs) : activityMs;
  place.lastSeenMs = atMs;
  place.lastActivityMs = Math.max(place.lastActivityMs, Math.min(latestMs, atMs));
  place.endsAtMs = endsAtMs;
}
