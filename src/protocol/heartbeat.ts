import type { Clock } from '../runtime/clock.js';
import type { ErrorCode } from './errors.js';
import { readActivityMs, readInfo, readName, readUid } from './fields.js';
import type { Unchecked } from './json.js';
import type { HitRequest, LeaveRequest } from './messages.js';
import { fail, ok, type Result } from './result.js';

/** One heartbeat: this visitor is here. */
export interface Hit {
  readonly uid: string;
  /** When the person last touched the page, in milliseconds of the same clock as `nowMs`. A future value counts as now. */
  readonly activityMs: number;
  /** The room the hit counts in, beside the whole site. */
  readonly room?: string | undefined;
  /** The open page that sent it. Hits without one share a single unnamed session. */
  readonly session?: string | undefined;
  /** The visitor's new info as canonical JSON text of a flat object. Absent keeps the old one, `'{}'` clears it. */
  readonly info?: string | undefined;
  /** Whether to hide the visitor. Absent keeps what the last heartbeat said, until the visitor is offline. */
  readonly invisible?: boolean | undefined;
}

/** One leave. Without `room` it is for the whole site; without `session`, for every page of the visitor. */
export interface Leave {
  readonly uid: string;
  readonly room?: string | undefined;
  readonly session?: string | undefined;
}

/** Reads a heartbeat from a JSON object. Unknown members are ignored. */
export function readHit(body: Unchecked<HitRequest>, clock: Clock): Result<Hit, ErrorCode> {
  const uid = readUid(body.uid);
  if (!uid.ok) return uid;
  const activityMs = readActivityMs(body, clock);
  if (!activityMs.ok) return activityMs;
  const room = readName(body.room, 'room_invalid');
  if (!room.ok) return room;
  const session = readName(body.session, 'session_invalid');
  if (!session.ok) return session;
  const info = readInfo(body.info);
  if (!info.ok) return info;
  const invisible = body.invisible ?? undefined;
  if (invisible !== undefined && typeof invisible !== 'boolean') return fail('invisible_invalid');
  return ok({
    uid: uid.value,
    activityMs: activityMs.value,
    room: room.value,
    session: session.value,
    info: info.value,
    invisible,
  });
}

/** Reads a leave from a JSON object. Unknown members are ignored. */
export function readLeave(body: Unchecked<LeaveRequest>): Result<Leave, ErrorCode> {
  const uid = readUid(body.uid);
  if (!uid.ok) return uid;
  const room = readName(body.room, 'room_invalid');
  if (!room.ok) return room;
  const session = readName(body.session, 'session_invalid');
  if (!session.ok) return session;
  return ok({ uid: uid.value, room: room.value, session: session.value });
}
