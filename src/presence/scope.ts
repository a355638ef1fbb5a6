import type { Entries } from './entries.js';
import { ACTIVE, IDLE, OFFLINE } from './status.js';
import type { Lists, Member, Totals } from './types.js';

/** How many slots may wait to be sorted, beside twice the number of members. */
const UNSORTED_SLACK = 1024;
const MAX_FIRST_MEMBERS = 50;
/** Up to this many visitors, the first members are found again after each change. */
const MAX_SMALL_ONLINE = 100;
/** How old the first members of a larger scope may get: finding them takes time in proportion to its size. */
const FIRST_MEMBERS_AGE_MS = 1000;

/** The whole site or one room: its members, as slots of the table, their counts and their lists. */
export class Scope {
  /** Undefined for the whole site. */
  readonly room: string | undefined;
  /** Slots by uid. Members who went offline stay until the next flush. */
  readonly members = new Map<string, number>();
  /** Changes whenever a member's status changes. Unique among all scopes: equal versions mean equal lists. */
  version = 0;
  /** Changes with the version, and whenever a member's info changes. */
  infoVersion = 0;
  readonly #counts: [offline: number, idle: number, active: number] = [0, 0, 0];
  readonly #entries: Entries<Scope>;
  /** Slots with marks, each once. */
  #changed: number[] = [];
  /** Slots in the order of their uids, as of the last request for it. Some may be offline or freed by now. */
  #sorted: number[] = [];
  /** Slots that came online since. Some may be offline or freed by now, or in here twice. */
  #unsorted: number[] = [];
  #lists: Lists = { active: [], idle: [] };
  #listsVersion = 0;
  #firstMembers: readonly Member[] = [];
  #firstMembersVersion = 0;
  #firstMembersAtMs = Number.NEGATIVE_INFINITY;

  constructor(room: string | undefined, entries: Entries<Scope>) {
    this.room = room;
    this.#entries = entries;
  }

  get online(): number {
    return this.#counts[IDLE] + this.#counts[ACTIVE];
  }

  totals(): Totals {
    return { online: this.online, active: this.#counts[ACTIVE], idle: this.#counts[IDLE] };
  }

  /** Counts a member's change of status. */
  count(slot: number, from: number, to: number): void {
    if (from === OFFLINE) this.#queueForSorting(slot);
    else this.#counts[from as typeof IDLE | typeof ACTIVE]--;
    if (to !== OFFLINE) this.#counts[to as typeof IDLE | typeof ACTIVE]++;
    this.version = ++this.#entries.changes;
    this.infoVersion = this.version;
  }

  /** Notes that the info of a member has changed. */
  countInfo(): void {
    this.infoVersion = ++this.#entries.changes;
  }

  /** Remembers a slot for the next flush. Call it once per slot and flush. */
  addChanged(slot: number): void {
    this.#changed.push(slot);
  }

  /** The slots to look at in a flush; empty afterwards. */
  takeChanged(): readonly number[] {
    const changed = this.#changed;
    this.#changed = [];
    return changed;
  }

  /** Slots of everybody online, sorted by uid. */
  inOrder(): readonly number[] {
    this.#sort();
    return this.#sorted;
  }

  /** Who is active and who is idle. The same object as long as the version is the same. */
  lists(): Lists {
    if (this.#listsVersion === this.version) return this.#lists;
    const { status, uid } = this.#entries;
    const active: string[] = [];
    const idle: string[] = [];
    for (const slot of this.inOrder()) (status[slot] === ACTIVE ? active : idle).push(uid[slot]!);
    this.#lists = { active, idle };
    this.#listsVersion = this.version;
    return this.#lists;
  }

  /** As `Presence.firstMembers`. */
  firstMembers(nowMs: number, memberOf: (slot: number) => Member): readonly Member[] {
    if (this.#firstMembersVersion === this.infoVersion) return this.#firstMembers;
    if (this.online > MAX_SMALL_ONLINE && nowMs - this.#firstMembersAtMs < FIRST_MEMBERS_AGE_MS)
      return this.#firstMembers;
    const { status } = this.#entries;
    const active: number[] = [];
    const idle: number[] = [];
    for (const slot of this.inOrder()) {
      const slots = status[slot] === ACTIVE ? active : idle;
      if (slots.length < MAX_FIRST_MEMBERS) slots.push(slot);
      if (active.length === MAX_FIRST_MEMBERS) break;
    }
    this.#firstMembers = [...active, ...idle].slice(0, MAX_FIRST_MEMBERS).map(memberOf);
    this.#firstMembersVersion = this.infoVersion;
    this.#firstMembersAtMs = nowMs;
    return this.#firstMembers;
  }

  #queueForSorting(slot: number): void {
    this.#unsorted.push(slot);
    // Without anybody who asks for a list, the queue would grow forever.
    if (this.#unsorted.length > 2 * this.members.size + UNSORTED_SLACK) this.#sort();
  }

  /** Slots of everybody who was online at the last flush, sorted by uid. */
  inFlushedOrder(): readonly number[] {
    const { flushedStatus, uid } = this.#entries;
    const stayed = this.inOrder().filter((slot) => flushedStatus[slot] !== OFFLINE);
    const gone = this.#changed.filter((slot) => flushedStatus[slot] !== OFFLINE && !this.#isOnline(slot));
    gone.sort((a, b) => (uid[a]! < uid[b]! ? -1 : 1));
    return gone.length === 0 ? stayed : mergeSorted(stayed, gone, uid);
  }

  /** Keeps what is sorted, sorts only the newcomers, and merges the two. */
  #sort(): void {
    const { uid, sorted } = this.#entries;
    const stayed = this.#sorted.filter((slot) => {
      // A slot that was freed has no mark, even if it is used again: its new visitor is a newcomer.
      if (this.#entries.scope[slot] !== this || sorted[slot] === 0) return false;
      if (this.#isOnline(slot)) return true;
      sorted[slot] = 0;
      return false;
    });
    const newcomers: number[] = [];
    for (const slot of this.#unsorted) {
      if (!this.#isOnline(slot) || sorted[slot] === 1) continue;
      sorted[slot] = 1;
      newcomers.push(slot);
    }
    this.#unsorted = [];
    newcomers.sort((a, b) => (uid[a]! < uid[b]! ? -1 : 1));
    this.#sorted = newcomers.length === 0 ? stayed : mergeSorted(stayed, newcomers, uid);
  }

  #isOnline(slot: number): boolean {
    return this.#entries.scope[slot] === this && this.#entries.status[slot] !== OFFLINE;
  }
}

/** Merges two lists of slots that are sorted by uid. */
export function mergeSorted(left: readonly number[], right: readonly number[], uid: readonly string[]): number[] {
  const merged: number[] = [];
  let next = 0;
  for (const slot of right) {
    while (next < left.length && uid[left[next]!]! < uid[slot]!) merged.push(left[next++]!);
    merged.push(slot);
  }
  while (next < left.length) merged.push(left[next++]!);
  return merged;
}
