import type { LastSeen } from '../presence/last-seen.js';
import type { Diff, Lists, Member, Totals, VisitorView } from '../presence/types.js';
import type { ChangeEvent, VisitorAnswer } from '../protocol/messages.js';
import type { Clock } from '../runtime/clock.js';

// Texts are put together from parts, since the parts are encoded at different times: see `SnapshotFeed`.

/** A JSON object that begins with the time of its content, in whole Unix seconds; `tail` is the rest of its text. */
export const stamped = (wallMs: number, tail: string): string => `{"ts":${Math.floor(wallMs / 1000)},${tail}`;

const totalsMembers = ({ online, active, idle }: Totals): string =>
  `"online_total":${online},"active_total":${active},"idle_total":${idle}`;

/** The tail of a `TotalsEvent`. */
export const totalsTail = (totals: Totals): string => `${totalsMembers(totals)}}`;

/** `Totals`. */
export const totalsJson = (totals: Totals): string => `{${totalsMembers(totals)}}`;

/** How many uids are encoded in one step. */
const UIDS_PER_PIECE = 2000;

/** The tail of an `OnlineEvent`. */
export const onlineTail = (lists: Lists): string => [...onlineTailPieces(lists)].join('');

/** The tail of an `OnlineEvent`, in pieces of limited length. */
export function* onlineTailPieces({ active, idle }: Lists): Generator<string> {
  const totals = { online: active.length + idle.length, active: active.length, idle: idle.length };
  yield `${totalsMembers(totals)},"active_uids":[`;
  yield* uidPieces(active);
  yield '],"idle_uids":[';
  yield* uidPieces(idle);
  yield ']}';
}

/** The inside of a JSON array. */
function* uidPieces(uids: readonly string[]): Generator<string> {
  for (let from = 0; from < uids.length; from += UIDS_PER_PIECE) {
    const json = JSON.stringify(uids.slice(from, from + UIDS_PER_PIECE)).slice(1, -1);
    yield from === 0 ? json : `,${json}`;
  }
}

/** The tail of a `SnapshotEvent`. */
export function snapshotTail(members: readonly Member[]): string {
  const active = members.filter(({ status }) => status === 'active').length;
  const totals = { online: members.length, active, idle: members.length - active };
  return `${totalsMembers(totals)},"visitors":${membersJson(members)}}`;
}

/** The tail of a `ChangeEvent`. Empty lists are left out. */
export function changeTail({ totals, joined, left, active, idle, updated }: Diff): string {
  const list = (name: keyof ChangeEvent, entries: readonly unknown[], json: () => string) =>
    entries.length === 0 ? '' : `,"${name}":${json()}`;
  const infos = () => updated.map(({ uid, info }) => `{"uid":${JSON.stringify(uid)},"info":${info ?? '{}'}}`);
  return [
    totalsMembers(totals),
    list('joined', joined, () => membersJson(joined)),
    list('left', left, () => JSON.stringify(left.map(({ uid }) => uid))),
    list('active', active, () => JSON.stringify(active)),
    list('idle', idle, () => JSON.stringify(idle)),
    list('updated', updated, () => `[${infos().join(',')}]`),
    '}',
  ].join('');
}

/** A list of members. Without info, in one call: a text per member is most of the garbage of a list of a hundred thousand. */
export const membersJson = (members: readonly Member[]): string =>
  members.every(({ info }) => info === undefined) ? JSON.stringify(members) : `[${members.map(memberJson).join(',')}]`;

/** `info` is JSON text already. */
function memberJson({ uid, status, info }: Member): string {
  return `{"uid":${JSON.stringify(uid)},"status":"${status}"${info === undefined ? '' : `,"info":${info}`}}`;
}

/**
 * A `VisitorAnswer`. Times are Unix seconds. An unknown visitor is offline.
 *
 * @param view undefined for an offline visitor
 * @param seen when an offline visitor was last here; undefined when that is not known
 */
export function visitorJson(
  uid: string,
  view: VisitorView | undefined,
  seen: LastSeen | undefined,
  clock: Clock,
): string {
  const offsetMs = clock.wallMs() - clock.nowMs();
  const seconds = (ms: number | undefined) => (ms === undefined ? null : (ms + offsetMs) / 1000);
  const latest = view ?? seen;
  const members = JSON.stringify({
    uid,
    status: view?.status ?? 'offline',
    last_seen: seconds(latest?.lastSeenMs),
    last_activity: seconds(latest?.lastActivityMs),
    online_since: seconds(view?.onlineSinceMs),
    online_seconds: view === undefined ? null : (view.lastSeenMs - view.onlineSinceMs) / 1000,
    idle_at: seconds(view?.idleAtMs),
    offline_at: seconds(view?.offlineAtMs),
    sessions: view?.sessions ?? 0,
    rooms: view?.rooms ?? [],
  } satisfies Omit<VisitorAnswer, 'info'>);
  return `${members.slice(0, -1)},"info":${view?.info ?? 'null'}}`;
}
