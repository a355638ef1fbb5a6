import { type Entries, INFO_CHANGED } from './entries.js';
import type { Scope } from './scope.js';
import { ACTIVE, OFFLINE } from './status.js';
import type { Departure, Diff, Member } from './types.js';

/**
 * What changed in a scope since the last flush; undefined when everything changed back. The present statuses
 * become those of the last flush. Costs what changed.
 *
 * @param forget is called for each slot that is offline
 */
export function diffOf(
  scope: Scope,
  entries: Entries,
  memberOf: (slot: number) => Member,
  forget: (slot: number) => void,
): Diff | undefined {
  const joined: Member[] = [];
  const left: Departure[] = [];
  const active: string[] = [];
  const idle: string[] = [];
  const updated: { uid: string; info: string | undefined }[] = [];
  for (const slot of scope.takeChanged()) {
    const uid = entries.uid[slot]!;
    const before = entries.flushedStatus[slot]!;
    const status = entries.status[slot]!;
    const mark = entries.marks[slot]!;
    entries.flushedStatus[slot] = status;
    entries.marks[slot] = 0;
    if (status === OFFLINE) {
      if (before !== OFFLINE) left.push({ uid, onlineMs: entries.lastSeenMs[slot]! - entries.onlineSinceMs[slot]! });
      forget(slot);
    } else if (before === OFFLINE) {
      joined.push(memberOf(slot));
    } else {
      if (before !== status) (status === ACTIVE ? active : idle).push(uid);
      if ((mark & INFO_CHANGED) !== 0) updated.push({ uid, info: memberOf(slot).info });
    }
  }
  if (joined.length + left.length + active.length + idle.length + updated.length === 0) return undefined;
  return { room: scope.room, totals: scope.totals(), joined, left, active, idle, updated };
}
