import type { PresenceSettings } from '../config/settings.js';
import { applyHit, applyLeave, endPlace, hasEnded, type Place, type VisitorState } from '../presence/rules.js';
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

/** A place, with what is needed beside it to apply operations of other instances. */
interface ReplicatedPlace extends Place {
  /** When the place last ended; `-Infinity` when it never has. Activity that an operation carries from before is ignored. */
  endedAtMs: number;
}

/** The state of a visitor that follows from operations. */
export interface ReplicatedState extends VisitorState {
  readonly site: ReplicatedPlace;
  rooms: Map<string, ReplicatedPlace> | undefined;
  info: string | undefined;
  /** When the info was given. */
  infoAtMs: number;
}

/** The state of a visitor without operations. */
export const newState = (): ReplicatedState => ({
  site: newPlace(),
  rooms: undefined,
  info: undefined,
  infoAtMs: Number.NEGATIVE_INFINITY,
});

/** A copy that later operations do not change. */
export function copyState(state: ReplicatedState): ReplicatedState {
  const rooms = state.rooms && new Map([...state.rooms].map(([room, place]) => [room, copyPlace(place)]));
  return { ...state, site: copyPlace(state.site), rooms };
}

/** Applies an operation that is later than all operations before, by the same rules as `Presence`. */
export function applyOperation(state: ReplicatedState, operation: Operation, settings: PresenceSettings): void {
  expire(state, operation.atMs, horizonMs(settings));
  if (operation.kind === 'hit') hitVisitor(state, operation, settings);
  else leaveVisitor(state, operation, settings);
}

/** How late something may be told and still be taken: longer, and its visitor would have gone again. */
export const horizonMs = ({ onlineWindowMs, leaveSettleMs }: PresenceSettings): number =>
  onlineWindowMs + leaveSettleMs + 1000;

/** Ends what has ended by `atMs`. Off the site is off every room, and clears the info. */
function expire(state: ReplicatedState, atMs: number, keptMs: number): void {
  const { site, rooms } = state;
  if (hasEnded(site, atMs)) {
    state.info = undefined;
    // A room's own end may be later: it may have a page that `maxSessions` has displaced on the site.
    for (const place of rooms?.values() ?? []) endAt(place, Math.min(place.endsAtMs, site.endsAtMs));
    endAt(site, site.endsAtMs);
  }
  for (const [room, place] of rooms ?? []) {
    if (!hasEnded(place, atMs)) continue;
    endAt(place, place.endsAtMs);
    if (place.endedAtMs <= atMs - keptMs) rooms!.delete(room);
  }
}

/** No effect on a place that has ended before. */
function endAt(place: ReplicatedPlace, endMs: number): void {
  place.endedAtMs = Math.max(place.endedAtMs, endMs);
  endPlace(place);
}

function hitVisitor(state: ReplicatedState, hit: HitOperation, settings: PresenceSettings): void {
  const { known, atMs } = hit;
  hitPlace(state.site, hit, known?.siteActivityMs, settings);
  if (hit.room !== undefined) {
    state.rooms ??= new Map();
    const place = state.rooms.get(hit.room) ?? newPlace();
    state.rooms.set(hit.room, place);
    hitPlace(place, hit, known?.roomActivityMs, settings);
  }
  if (hit.info !== undefined) {
    state.info = hit.info;
    state.infoAtMs = atMs;
  } else if (known?.info !== undefined && known.infoAtMs > state.infoAtMs && known.infoAtMs > state.site.endedAtMs) {
    state.info = known.info;
    state.infoAtMs = known.infoAtMs;
  }
}

function hitPlace(
  place: ReplicatedPlace,
  { session, activityMs, atMs }: HitOperation,
  knownActivityMs = Number.NEGATIVE_INFINITY,
  settings: PresenceSettings,
): void {
  // The other instance may not have received a leave that ended the place after that activity.
  const latestMs = knownActivityMs > place.endedAtMs ? Math.max(activityMs, knownActivityMs) : activityMs;
  applyHit(place, { session, activityMs: latestMs }, atMs, settings);
}

function leaveVisitor(
  state: ReplicatedState,
  { room, session, atMs }: LeaveOperation,
  settings: PresenceSettings,
): void {
  const places = room === undefined ? [state.site, ...(state.rooms?.values() ?? [])] : [state.rooms?.get(room)];
  for (const place of places) if (place !== undefined) applyLeave(place, session, atMs, settings);
}

const newPlace = (): ReplicatedPlace => ({
  lastSeenMs: 0,
  lastActivityMs: Number.NEGATIVE_INFINITY,
  endsAtMs: Number.NEGATIVE_INFINITY,
  sessions: undefined,
  endedAtMs: Number.NEGATIVE_INFINITY,
});

const copyPlace = (place: ReplicatedPlace): ReplicatedPlace => ({
  ...place,
  sessions: place.sessions?.map((session) => ({ ...session })),
});
