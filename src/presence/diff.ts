import { ACTIVE, type Entries, INFO_CHANGED, OFFLINE } from './entries.js';
import type { Scope } from './scope.js';
import type { Diff, Member } from './types.js';

/**
 * Compares what followers of a scope were told with what is so now, for the slots that changed, and takes note that they
 * have been told. Costs what changed. Undefined when everything changed back.
 *
 * @param forget is called for each slot that has gone, after it was told
 */
export function diffOf(
  scope: Scope,
  entries: Entries,
  infoOf: (slot: number) => string | undefined,
  forget: (slot: number) => void,
): Diff | undefined {
  const joined: Member[] = [];
  const left: string[] = [];
  const active: string[] = [];
  const idle: string[] = [];
  const updated: { uid: string; info: string | undefined }[] = [];
  const slots = scope.changed;
  scope.changed = [];
  for (const slot of slots) {
    const uid = entries.uid[slot]!;
    const told = entries.announced[slot]!;
    const status = entries.statusOf(slot);
    const mark = entries.marks[slot]!;
    entries.announced[slot] = status;
    entries.marks[slot] = 0;
    if (status === OFFLINE) {
      if (told !== OFFLINE) left.push(uid);
      forget(slot);
    } else if (told === OFFLINE) {
      joined.push({ uid, status: status === ACTIVE ? 'active' : 'idle', info: infoOf(slot) });
    } else {
      if (told !== status) (status === ACTIVE ? active : idle).push(uid);
      if ((mark & INFO_CHANGED) !== 0) updated.push({ uid, info: infoOf(slot) });
    }
  }
  if (joined.length + left.length + active.length + idle.length + updated.length === 0) return undefined;
  return { room: scope.room, totals: scope.totals(), joined, left, active, idle, updated };
}
