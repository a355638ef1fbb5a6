import type { ErrorCode } from '../protocol/errors.js';
import { ok, type Result } from '../protocol/result.js';
import { includesGrant, type ViewGrant, type ViewLevel } from '../protocol/view.js';
import type { VisibleParts } from '../streams/views.js';
import type { WatchAccess } from './watch-access.js';

/** What a client may see of views. */
export interface ViewAccess {
  /** In every room, and on the whole site. */
  readonly everywhere: ViewGrant;
  /** What a token grants in some rooms only. The larger of the two counts. */
  readonly within?: { readonly rooms: ReadonlySet<string>; readonly grant: ViewGrant } | undefined;
  /** Whether the client has presented a token. */
  readonly hasToken: boolean;
}

const larger = (a: ViewGrant, b: ViewGrant): ViewGrant => (includesGrant(a, b) ? a : b);

/**
 * What the client of a request may see in views: without credentials, what is public.
 *
 * @returns why its credentials are refused
 */
export async function requestViewAccess(
  watchAccess: WatchAccess,
  publicView: ViewLevel,
  ...request: Parameters<WatchAccess['ofRequest']>
): Promise<Result<ViewAccess, ErrorCode>> {
  const access = await watchAccess.ofRequest(...request);
  if (access.ok) return ok(tokenViewAccess(publicView, access.value.grant, access.value.rooms));
  return access.error === 'token_missing' ? ok({ everywhere: publicView, hasToken: false }) : access;
}

/**
 * What the holder of a token may see in views.
 *
 * @param grant what the token adds to the public level
 * @param rooms where the token is valid; undefined for everywhere
 */
export function tokenViewAccess(
  publicView: ViewGrant,
  grant: ViewGrant,
  rooms: ReadonlySet<string> | undefined,
): ViewAccess {
  if (rooms === undefined) return { everywhere: larger(publicView, grant), hasToken: true };
  return { everywhere: publicView, within: { rooms, grant }, hasToken: true };
}

/** The visible parts of a view of a room, or of the whole site when `room` is undefined. */
export function visibleParts(access: ViewAccess, room: string | undefined): VisibleParts {
  const { everywhere, within } = access;
  const isWithin = room !== undefined && within?.rooms.has(room) === true;
  const grant = isWithin ? larger(everywhere, within.grant) : everywhere;
  return {
    totals: includesGrant(grant, 'totals'),
    visitors: visibleVisitors(access),
    // `members` is about rooms that the client can name. The list of the whole site would also name who is in the others.
    members: includesGrant(grant, room === undefined ? 'everything' : 'members'),
  };
}

/** Visitors are named by their uids, so the room of the view makes no difference. */
function visibleVisitors({ everywhere, within }: ViewAccess): VisibleParts['visitors'] {
  if (includesGrant(everywhere, 'status')) return 'all';
  return within !== undefined && includesGrant(within.grant, 'status') ? within.rooms : 'none';
}
