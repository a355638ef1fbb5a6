import type { WatchAccess } from '../auth/watch-access.js';
import { readRoom } from '../protocol/query.js';
import { includesGrant, type ViewGrant } from '../protocol/view.js';
import { answerError } from './answer.js';
import type { Handler } from './context.js';

/** How a handler treats clients that may see some rooms only. */
export type RoomRule =
  /** The answer is about the room that the query names. The guard rejects rooms that the client may not see. */
  | 'named'
  /** The handler leaves out what the client may not see, according to `context.access`. */
  | 'filtered';

/**
 * Wraps a handler so that it only serves clients that may watch.
 *
 * @param least how much a client must be allowed to see. Default: everything
 */
export type WatchGuard = (handler: Handler, rule: RoomRule, least?: ViewGrant) => Handler;

/** Creates the guard. Where watching is open to everybody, it returns the handler unchanged. */
export function createWatchGuard(watchAccess: WatchAccess): WatchGuard {
  if (watchAccess.isOpen) return (handler) => handler;
  return (handler, rule, least = 'everything') =>
    async (context) => {
      const access = await watchAccess.ofRequest(context.request.headers, context.query);
      if (!access.ok) return answerError(context, access.error);
      const { rooms, grant } = access.value;
      if (!includesGrant(grant, least)) return answerError(context, 'token_wrong_view');
      if (rule === 'named' && rooms !== undefined) {
        const room = readRoom(context.query);
        if (!room.ok) return answerError(context, room.error);
        if (room.value === undefined || !rooms.has(room.value)) return answerError(context, 'token_wrong_room');
      }
      return handler({ ...context, access: access.value });
    };
}
