import type { ErrorCode } from '../protocol/errors.js';
import { ok, type Result } from '../protocol/result.js';
import { VIEW_LEVELS, type ViewLevel } from '../protocol/view.js';
import type { VisibleParts } from '../streams/views.js';
import type { WatchAccess } from './watch-access.js';

/** How much of a view a client may see: a level, or everything, which includes who is on the whole site. */
export type ViewGrant = ViewLevel | 'everything';

/** What a client may see of views. */
export interface ViewAccess {
  /** In every room, and on the whole site. */
  readonly everywhere: ViewGrant;
  /** What a token grants in some rooms only. The larger of the two counts. */
  readonly within?: { readonly rooms: ReadonlySet<string>; readonly grant: ViewGrant } | undefined;
}

const GRANTS: readonly ViewGrant[] = [...VIEW_LEVELS, 'everything'];
const includes = (grant: ViewGrant, least: ViewGrant): boolean => GRANTS.indexOf(grant) >= GRANTS.indexOf(least);
const larger = (a: ViewGrant, b: ViewGrant): ViewGrant => (includes(a, b) ? a : b);

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
  // A watcher may see everything within its rooms.
  if (access.ok) return ok(tokenViewAccess(publicView, 'everything', access.value.rooms));
  return access.error === 'token_missing' ? ok({ everywhere: publicView }) : access;
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
  if (rooms === undefined) return { everywhere: larger(publicView, grant) };
  return { everywhere: publicView, within: { rooms, grant } };
}

/** The visible parts of a view of a room, or of the whole site when `room` is undefined. */
export function visibleParts({ everywhere, within }: ViewAccess, room: string | undefined): VisibleParts {
  const isWithin = room !== undefined && within?.rooms.has(room) === true;
  const grant = isWithin ? larger(everywhere, within.grant) : everywhere;
  return {
    totals: includes(grant, 'totals'),
    visitors: visibleVisitors({ everywhere, within }),
    // `members` is about rooms that the client can name. The list of the whole site would also name who is in the others.
    members: includes(grant, room === undefined ? 'everything' : 'members'),
  };
}

/** Visitors are named by their uids, so the room of the view makes no difference. */
function visibleVisitors({ everywhere, within }: ViewAccess): VisibleParts['visitors'] {
  if (includes(everywhere, 'status')) return 'all';
  return within !== undefined && includes(within.grant, 'status') ? within.rooms : 'none';
}
