import type { Diff, Lists, Member, Totals, VisitorView } from '../presence/types.js';
import type { Clock } from '../runtime/clock.js';

/** A JSON object that starts with the moment it is true for, in whole Unix seconds; `tail` is the rest of it. */
export const stamped = (wallMs: number, tail: string): string => `{"ts":${Math.floor(wallMs / 1000)},${tail}`;

const totalsMembers = ({ online, active, idle }: Totals): string =>
  `"online_total":${online},"active_total":${active},"idle_total":${idle}`;

/** How many are online. */
export const totalsTail = (totals: Totals): string => `${totalsMembers(totals)}}`;

/** How many are online, and who. */
export function onlineTail({ active, idle }: Lists): string {
  const totals = { online: active.length + idle.length, active: active.length, idle: idle.length };
  return `${totalsMembers(totals)},"active_uids":${JSON.stringify(active)},"idle_uids":${JSON.stringify(idle)}}`;
}

/** Everybody online, each with status and info. */
export const snapshotTail = (totals: Totals, members: readonly Member[]): string =>
  `${totalsMembers(totals)},"visitors":${membersJson(members)}}`;

/** What is different; lists without entries are left out. */
export function changeTail(changes: Diff): string {
  const list = (name: string, entries: readonly unknown[], json: string) =>
    entries.length === 0 ? '' : `,"${name}":${json}`;
  const uids = (name: string, names: readonly string[]) => list(name, names, JSON.stringify(names));
  const updated = changes.updated.map(({ uid, info }) => `{"uid":${JSON.stringify(uid)},"info":${info ?? '{}'}}`);
  return `${totalsMembers(changes.totals)}${list('joined', changes.joined, membersJson(changes.joined))}${uids('left', changes.left)}${uids('active', changes.active)}${uids('idle', changes.idle)}${list('updated', updated, `[${updated.join(',')}]`)}}`;
}

/** Without a text for each of them, when none has info: at a hundred thousand, those are most of the garbage. */
const membersJson = (members: readonly Member[]): string =>
  members.every(({ info }) => info === undefined) ? JSON.stringify(members) : `[${members.map(memberJson).join(',')}]`;

/** `info` is JSON text already. */
function memberJson({ uid, status, info }: Member): string {
  return `{"uid":${JSON.stringify(uid)},"status":"${status}"${info === undefined ? '' : `,"info":${info}`}}`;
}

/** All that is known of one visitor, with times in Unix seconds; an unknown one is offline. */
export function visitorJson(uid: string, view: VisitorView | undefined, clock: Clock): string {
  const offsetMs = clock.wallMs() - clock.nowMs();
  const seconds = (ms: number | undefined) => (ms === undefined ? null : (ms + offsetMs) / 1000);
  const members = JSON.stringify({
    uid,
    status: view?.status ?? 'offline',
    last_seen: seconds(view?.lastSeenMs),
    last_activity: seconds(view?.lastActivityMs),
    idle_at: seconds(view?.idleAtMs),
    offline_at: seconds(view?.offlineAtMs),
    sessions: view?.sessions ?? 0,
    rooms: view?.rooms ?? [],
  });
  return `${members.slice(0, -1)},"info":${view?.info ?? 'null'}}`;
}
