import type { PresenceSettings } from '../config/settings.js';
import {
  applyHit,
  applyLeave,
  endPlace,
  hasEnded,
  type Place,
  type RoomNames,
  roomToGiveUp,
  type VisitorState,
} from '../presence/rules.js';
import type { Session } from '../presence/sessions.js';
import type { Hit } from '../protocol/heartbeat.js';
import { type CarriedState, type HitOperation, horizonMs, type LeaveOperation, type Operation } from './operations.js';

/** A place, with what is needed to apply operations of other instances. */
export interface ReplicatedPlace extends Place {
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
  onlineSinceMs: number;
  isInvisible: boolean;
  /** When a heartbeat last said whether the visitor is invisible. */
  invisibleAtMs: number;
  /** When the visitor was last invisible, and then visible again. */
  hiddenUntilMs: number;
  /** The latest end of a room that is not in `rooms` any more. */
  forgottenMs: number;
}

/** The state of a visitor without operations. */
export const newState = (): ReplicatedState => ({
  site: newPlace(),
  rooms: undefined,
  info: undefined,
  infoAtMs: Number.NEGATIVE_INFINITY,
  onlineSinceMs: 0,
  isInvisible: false,
  invisibleAtMs: Number.NEGATIVE_INFINITY,
  hiddenUntilMs: Number.NEGATIVE_INFINITY,
  forgottenMs: Number.NEGATIVE_INFINITY,
});

/** A copy that later operations do not change. */
export const copySessions = (sessions: Session[] | undefined): Session[] | undefined =>
  sessions?.map((session) => ({ ...session }));

/** A copy that later operations do not change. */
export const copyRooms = (rooms: ReadonlyMap<string, ReplicatedPlace>): Map<string, ReplicatedPlace> =>
  new Map(Array.from(rooms, ([room, place]) => [room, { ...place, sessions: copySessions(place.sessions) }]));

/**
 * Applies an operation that is later than all operations before, by the same rules as `Presence`.
 *
 * @returns the rooms that it changed
 */
export function applyOperation(state: ReplicatedState, operation: Operation, settings: PresenceSettings): RoomNames {
  const hasReturned = endStay(state, operation.atMs);
  if (operation.kind === 'erase') return eraseVisitor(state, operation.atMs);
  const changed =
    operation.kind === 'hit' ? hitVisitor(state, operation, settings) : leaveVisitor(state, operation, settings);
  return hasReturned ? 'all' : changed;
}

/** When the visit to which a heartbeat at `nowMs` belongs began. */
export const onlineSince = ({ site, isInvisible, onlineSinceMs }: ReplicatedState, nowMs: number): number =>
  isInvisible || hasEnded(site, nowMs) ? nowMs : onlineSinceMs;

/** The state that a heartbeat taken at `nowMs` has to carry; undefined when the heartbeat alone says everything. */
export function stateToCarry(state: ReplicatedState, hit: Hit, nowMs: number): CarriedState | undefined {
  if (hasEnded(state.site, nowMs)) return undefined;
  const place = hit.room === undefined ? undefined : state.rooms?.get(hit.room);
  const siteActivityMs = state.site.lastActivityMs;
  const roomActivityMs = place !== undefined && !hasEnded(place, nowMs) ? place.lastActivityMs : hit.activityMs;
  const info = hit.info === undefined ? state.info : undefined;
  const invisibleAtMs = hit.invisible === undefined && state.isInvisible ? state.invisibleAtMs : undefined;
  const isPlain = info === undefined && invisibleAtMs === undefined;
  if (isPlain && Math.max(siteActivityMs, roomActivityMs) <= hit.activityMs) return undefined;
  return { siteActivityMs, roomActivityMs, info, infoAtMs: state.infoAtMs, invisibleAtMs };
}

/**
 * Off the site is off every room, and clears the info and whether the visitor is invisible. A room that ends alone is looked at when an operation names it: an
 * operation must not cost more in many rooms.
 *
 * @returns whether the visitor is off the site
 */
function endStay(state: ReplicatedState, atMs: number): boolean {
  const { site } = state;
  if (!hasEnded(site, atMs)) return false;
  endAt(site, site.endsAtMs);
  state.info = undefined;
  state.isInvisible = false;
  state.rooms = undefined;
  state.forgottenMs = Math.max(state.forgottenMs, site.endedAtMs);
  return true;
}

/** No effect on a place that has ended before. */
function endAt(place: ReplicatedPlace, endMs: number): void {
  place.endedAtMs = Math.max(place.endedAtMs, endMs);
  endPlace(place);
}

function hitVisitor(state: ReplicatedState, hit: HitOperation, settings: PresenceSettings): string[] {
  const { carried, atMs, room } = hit;
  const changed: string[] = [];
  const knownSinceMs = onlineSince(state, atMs);
  // The origin may not have received what ended the visit that it means.
  const isSameVisit = !state.isInvisible && hit.onlineSinceMs > Math.max(state.site.endedAtMs, state.hiddenUntilMs);
  state.onlineSinceMs = isSameVisit ? Math.min(knownSinceMs, hit.onlineSinceMs) : knownSinceMs;
  hitPlace(state.site, hit, carried?.siteActivityMs, settings);
  if (room !== undefined) {
    changed.push(room, ...enterRoom(state, room, atMs, settings));
    hitPlace(state.rooms!.get(room)!, hit, carried?.roomActivityMs, settings);
  }
  if (hit.info !== undefined) {
    state.info = hit.info;
    state.infoAtMs = atMs;
  } else if (carried?.info !== undefined && carried.infoAtMs > Math.max(state.infoAtMs, state.site.endedAtMs)) {
    state.info = carried.info;
    state.infoAtMs = carried.infoAtMs;
  }
  const carriedAtMs = carried?.invisibleAtMs;
  if (hit.invisible !== undefined) {
    if (state.isInvisible && !hit.invisible) state.hiddenUntilMs = atMs;
    state.isInvisible = hit.invisible;
    state.invisibleAtMs = atMs;
  } else if (carriedAtMs !== undefined && carriedAtMs > Math.max(state.invisibleAtMs, state.site.endedAtMs)) {
    state.isInvisible = true;
    state.invisibleAtMs = carriedAtMs;
  }
  return changed;
}

/** Makes sure that `rooms` has the room. @returns the room that the visitor gives up for it */
function enterRoom(state: ReplicatedState, room: string, atMs: number, settings: PresenceSettings): string[] {
  state.rooms ??= new Map();
  const { rooms } = state;
  const known = rooms.get(room);
  if (known !== undefined && !hasEnded(known, atMs)) return [];
  const ends = Array.from(rooms, ([name, { endsAtMs }]) => [name, endsAtMs] as const);
  const givenUp = roomToGiveUp(ends, atMs, settings);
  if (givenUp !== undefined) endAt(rooms.get(givenUp)!, atMs);
  forgetEndedRooms(state, atMs, settings);
  if (!rooms.has(room)) rooms.set(room, { ...newPlace(), endedAtMs: state.forgottenMs });
  return givenUp === undefined ? [] : [givenUp];
}

/** Bounds what is remembered of a visitor who passes through many rooms. */
function forgetEndedRooms(state: ReplicatedState, atMs: number, settings: PresenceSettings): void {
  const rooms = state.rooms!;
  const keptSinceMs = rooms.size >= 2 * settings.maxRoomsPerVisitor ? atMs : atMs - horizonMs(settings);
  for (const [room, place] of rooms) {
    if (!hasEnded(place, atMs)) continue;
    endAt(place, place.endsAtMs);
    if (place.endedAtMs > keptSinceMs) continue;
    rooms.delete(room);
    state.forgottenMs = Math.max(state.forgottenMs, place.endedAtMs);
  }
}

function eraseVisitor(state: ReplicatedState, atMs: number): RoomNames {
  state.site.endsAtMs = Math.min(state.site.endsAtMs, atMs);
  endStay(state, atMs);
  state.site.endedAtMs = atMs;
  return 'all';
}

function hitPlace(
  place: ReplicatedPlace,
  { session, activityMs, atMs }: HitOperation,
  carriedActivityMs = Number.NEGATIVE_INFINITY,
  settings: PresenceSettings,
): void {
  // The origin may not have received a leave that ended the place after the activity that it carries.
  const latestMs = carriedActivityMs > place.endedAtMs ? Math.max(activityMs, carriedActivityMs) : activityMs;
  applyHit(place, { session, activityMs: latestMs }, atMs, settings);
}

function leaveVisitor(
  state: ReplicatedState,
  { room, session, atMs }: LeaveOperation,
  settings: PresenceSettings,
): RoomNames {
  const places = room === undefined ? [state.site, ...(state.rooms?.values() ?? [])] : [state.rooms?.get(room)];
  for (const place of places) if (place !== undefined) applyLeave(place, session, atMs, settings);
  return room === undefined ? 'all' : [room];
}

const newPlace = (): ReplicatedPlace => ({
  lastSeenMs: 0,
  lastActivityMs: Number.NEGATIVE_INFINITY,
  endsAtMs: Number.NEGATIVE_INFINITY,
  sessions: undefined,
  endedAtMs: Number.NEGATIVE_INFINITY,
});
