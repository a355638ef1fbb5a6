import { requestViewAccess, type ViewAccess, visibleParts } from '../../auth/view-access.js';
import type { WatchAccess } from '../../auth/watch-access.js';
import type { Presence } from '../../presence/presence.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { decodeUid, readRoom, valuesOf } from '../../protocol/query.js';
import { fail, ok, type Result } from '../../protocol/result.js';
import { includesGrant, type ViewLevel } from '../../protocol/view.js';
import type { Clock } from '../../runtime/clock.js';
import type { VisibleParts } from '../../streams/views.js';
import { answerError, answerKept } from '../answer.js';
import { type Badge, badgeSvg } from '../badge-svg.js';
import type { Handler } from '../context.js';

/** What the handlers of badges work with. */
export interface BadgeDependencies {
  readonly presence: Presence;
  readonly clock: Clock;
  readonly watchAccess: WatchAccess;
  /** What everybody may see where watching needs credentials. */
  readonly publicView: ViewLevel;
}

/** Finds what the client may see of a room, or of the site. */
type Visible = (room: string | undefined) => VisibleParts;

/** Why a token does not open a badge. */
function forbidden({ within }: ViewAccess, query: string): ErrorCode {
  const room = readRoom(query);
  const isOutside = within !== undefined && room.ok && (room.value === undefined || !within.rooms.has(room.value));
  return isOutside && includesGrant(within.grant, 'totals') ? 'token_wrong_room' : 'token_wrong_view';
}

const SVG = 'image/svg+xml; charset=utf-8';
const SHARED_CACHING = ['Cache-Control', 'public, max-age=2'] as const;
const PRIVATE_CACHING = ['Cache-Control', 'private, max-age=2', 'Vary', 'Authorization, Cookie'] as const;
const HEADERS = ['X-Content-Type-Options', 'nosniff', 'Cross-Origin-Resource-Policy', 'cross-origin'] as const;

/** Presence as pictures, for e-mail, Markdown and image elements. The same clients may see them as the parts of a view. */
export function createBadges(dependencies: BadgeDependencies): { readonly count: Handler; readonly status: Handler } {
  const { presence, clock, watchAccess, publicView } = dependencies;
  const headers = [...(watchAccess.isOpen ? SHARED_CACHING : PRIVATE_CACHING), ...HEADERS];

  const serve =
    (badgeOf: (query: string, visible: Visible) => Result<Badge, ErrorCode>): Handler =>
    async (context) => {
      const { request, query } = context;
      const access = await requestViewAccess(watchAccess, publicView, request.headers, query);
      if (!access.ok) return answerError(context, access.error);
      const badge = badgeOf(query, (room) => visibleParts(access.value, room));
      if (badge.ok) return answerKept(context, SVG, badgeSvg(badge.value), headers);
      const isForbidden = badge.error === 'token_missing' && access.value.hasToken;
      answerError(context, isForbidden ? forbidden(access.value, query) : badge.error);
    };

  return {
    count: serve((query, visible) => {
      const room = readRoom(query);
      if (!room.ok) return room;
      if (!visible(room.value).totals) return fail('token_missing');
      const { online, active } = presence.totals(clock.nowMs(), room.value);
      const status = active > 0 ? 'active' : online > 0 ? 'idle' : 'offline';
      return ok({ status, text: `${online} online`, subject: room.value });
    }),
    status: serve((query, visible) => {
      const [encoded] = valuesOf(query, 'uid');
      if (encoded === undefined) return fail('uid_missing');
      const uid = decodeUid(encoded.replaceAll('+', ' '));
      if (!uid.ok) return uid;
      const { visitors } = visible(undefined);
      if (visitors === 'none') return fail('token_missing');
      const status = presence.status(uid.value, clock.nowMs(), visitors === 'all' ? undefined : visitors);
      return ok({ status, text: status, subject: uid.value });
    }),
  };
}
