import type { History } from '../../presence/history.js';
import type { Presence } from '../../presence/presence.js';
import type { VisitorView } from '../../presence/types.js';
import { decodeUid, readRoom, readUids } from '../../protocol/query.js';
import type { Clock } from '../../runtime/clock.js';
import { onlineTail, stamped, totalsTail, visitorJson } from '../../streams/event-json.js';
import { answerError, answerJson } from '../answer.js';
import type { Context, Handler } from '../context.js';

/** What look-ups read. */
export interface LookUpDependencies {
  readonly presence: Presence;
  readonly history: History;
  readonly clock: Clock;
}

/** The handlers that answer once about the present state. */
export interface LookUps {
  /** `GET /v1/online?room=` */
  readonly online: Handler;
  /** `GET /v1/totals?room=` */
  readonly totals: Handler;
  /** `GET /v1/history?room=` */
  readonly history: Handler;
  /** `GET /v1/rooms` */
  readonly rooms: Handler;
  /** `GET /v1/visitors?uids=` */
  readonly visitors: Handler;
  /** `GET /v1/visitors/:uid` */
  readonly visitor: (encodedUid: string) => Handler;
}

/** Creates the handlers. None of them changes anything. */
export function createLookUps({ presence, history, clock }: LookUpDependencies): LookUps {
  const aboutRoom =
    (bodyOf: (room: string | undefined) => string): Handler =>
    (context) => {
      const room = readRoom(context.query);
      if (room.ok) answerJson(context, 200, bodyOf(room.value));
      else answerError(context, room.error);
    };
  const visitorBody = (uid: string, { access }: Context) => {
    const view = presence.visitor(uid, clock.nowMs());
    // Where a visitor was is not remembered, so it may have been in a room that the client may not see.
    const seen = access?.rooms === undefined ? presence.lastSeen(uid, clock.nowMs()) : undefined;
    return visitorJson(uid, visibleTo(access?.rooms, view), seen, clock);
  };
  return {
    online: aboutRoom((room) => stamped(clock.wallMs(), onlineTail(presence.lists(clock.nowMs(), room)))),
    totals: aboutRoom((room) => stamped(clock.wallMs(), totalsTail(presence.totals(clock.nowMs(), room)))),
    history: aboutRoom((room) => JSON.stringify(history.read(room))),
    rooms: (context) => {
      const visible = context.access?.rooms;
      const rooms = [...presence.totalsByRoom(clock.nowMs())].flatMap(([room, totals]) =>
        room === undefined || totals.online === 0 || visible?.has(room) === false
          ? []
          : [`{"room":${JSON.stringify(room)},${totalsTail(totals)}`],
      );
      answerJson(context, 200, stamped(clock.wallMs(), `"rooms":[${rooms.join(',')}]}`));
    },
    visitors: (context) => {
      const uids = readUids(context.query);
      if (!uids.ok) return answerError(context, uids.error);
      const visitors = uids.value.map((uid) => visitorBody(uid, context));
      answerJson(context, 200, stamped(clock.wallMs(), `"visitors":[${visitors.join(',')}]}`));
    },
    visitor: (encodedUid) => (context) => {
      const uid = decodeUid(encodedUid);
      if (uid.ok) answerJson(context, 200, visitorBody(uid.value, context));
      else answerError(context, uid.error);
    },
  };
}

/** A visitor as a client sees it that may see some rooms only: offline when in none of them. */
function visibleTo(visible: ReadonlySet<string> | undefined, view: VisitorView | undefined): VisitorView | undefined {
  if (view === undefined || visible === undefined) return view;
  const rooms = view.rooms.filter((room) => visible.has(room));
  return rooms.length === 0 ? undefined : { ...view, rooms };
}
