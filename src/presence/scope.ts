import { ACTIVE, type Entries, IDLE, OFFLINE } from './entries.js';
import type { Lists, Totals } from './types.js';

/** A place with visitors in it: the whole site, or one room. Holds slots of the entry table. */
export class Scope {
  /** Undefined for the whole site. */
  readonly room: string | undefined;
  /** Every visitor's slot, and that of one who has just gone until the next flush. */
  readonly members = new Map<string, number>();
  /** Slots that the next flush has to look at, each once. */
  changed: number[] = [];
  /** Grows with every change of membership or status, and is no other scope's: equal versions mean equal lists. */
  version = 0;
  readonly #counts: [offline: number, idle: number, active: number] = [0, 0, 0];
  readonly #entries: Entries<Scope>;
  /** Slots sorted by uid, as of the last time somebody asked. May name slots that have gone since. */
  #order: number[] = [];
  /** Slots that came since. May name slots that have gone, or one twice. */
  #newcomers: number[] = [];
  #lists: Lists = { active: [], idle: [] };
  #listsVersion = 0;

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

  /** Moves one visitor from one count to another. `OFFLINE` is not counted. */
  count(from: number, to: number): void {
    if (from !== OFFLINE) this.#counts[from as 1 | 2]--;
    if (to !== OFFLINE) this.#counts[to as 1 | 2]++;
    this.version = ++this.#entries.changes;
  }

  /** Remembers that a slot has to be put in order when somebody asks. */
  noteNewcomer(slot: number): void {
    this.#newcomers.push(slot);
    // Nobody may ever ask; then the notes must not outgrow what they are about.
    if (this.#newcomers.length > 2 * this.members.size + 1024) this.#bringInOrder();
  }

  /** Slots of everybody online, sorted by uid. */
  inOrder(): readonly number[] {
    this.#bringInOrder();
    return this.#order;
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

  /** Keeps the old order, sorts only those who came, and merges the two. */
  #bringInOrder(): void {
    const { uid, ordered } = this.#entries;
    const stayed = this.#order.filter((slot) => {
      // A slot that was freed, and maybe given to somebody else, is not marked: whoever has it now is a newcomer.
      if (this.#entries.scope[slot] !== this || ordered[slot] === 0) return false;
      if (this.#isOnline(slot)) return true;
      ordered[slot] = 0;
      return false;
    });
    const came: number[] = [];
    for (const slot of this.#newcomers) {
      if (!this.#isOnline(slot) || ordered[slot] === 1) continue;
      ordered[slot] = 1;
      came.push(slot);
    }
    this.#newcomers = [];
    came.sort((a, b) => (uid[a]! < uid[b]! ? -1 : 1));
    this.#order = came.length === 0 ? stayed : merge(stayed, came, uid);
  }

  #isOnline(slot: number): boolean {
    return this.#entries.scope[slot] === this && this.#entries.status[slot] !== OFFLINE;
  }
}

function merge(left: readonly number[], right: readonly number[], uid: readonly string[]): number[] {
  const merged: number[] = [];
  let next = 0;
  for (const slot of right) {
    while (next < left.length && uid[left[next]!]! < uid[slot]!) merged.push(left[next++]!);
    merged.push(slot);
  }
  while (next < left.length) merged.push(left[next++]!);
  return merged;
}
