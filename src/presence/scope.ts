import { finish } from '../runtime/parts.js';
import type { Entries } from './entries.js';
import { MemberOrder, mergeSorted } from './member-order.js';
import { ACTIVE, IDLE, OFFLINE } from './status.js';
import type { Lists, Member, Totals } from './types.js';

const MAX_FIRST_MEMBERS = 50;
/** Up to this many visitors, the first members are found again after each change. */
const MAX_SMALL_ONLINE = 100;
/** How many members are listed in one step. */
const SLOTS_PER_STEP = 5000;
/** How old the first members of a larger scope may get: finding them takes time in proportion to its size. */
const FIRST_MEMBERS_AGE_MS = 1000;

/** By status. Those who are offline are not counted. */
type Counts = [offline: number, idle: number, active: number];

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
  readonly #counts: Counts = [0, 0, 0];
  readonly #flushedCounts: Counts = [0, 0, 0];
  readonly #entries: Entries<Scope>;
  /** Slots with marks, each once. */
  #changed: number[] = [];
  /** Slots with the mark POSTPONED, and perhaps others: those who came back are in `#changed`, too. */
  #postponed: number[] = [];
  readonly #order: MemberOrder<Scope>;
  #lists: Lists = { active: [], idle: [] };
  #listsVersion = 0;
  #firstMembers: readonly Member[] = [];
  #firstMembersVersion = 0;
  #firstMembersAtMs = Number.NEGATIVE_INFINITY;

  constructor(room: string | undefined, entries: Entries<Scope>) {
    this.room = room;
    this.#entries = entries;
    this.#order = new MemberOrder<Scope>(this, entries);
  }

  get online(): number {
    return this.#counts[IDLE] + this.#counts[ACTIVE];
  }

  totals(): Totals {
    return totalsOf(this.#counts);
  }

  /** The totals of the statuses at the last flush. */
  flushedTotals(): Totals {
    return totalsOf(this.#flushedCounts);
  }

  /** Counts a member's change of status. */
  count(slot: number, from: number, to: number): void {
    if (from === OFFLINE) this.#order.add(slot, this.members.size);
    else if (to === OFFLINE) this.#order.remove();
    move(this.#counts, from, to);
    this.version = ++this.#entries.changes;
    this.infoVersion = this.version;
  }

  /** Counts the change of a member's status at the last flush. */
  countFlushed(from: number, to: number): void {
    move(this.#flushedCounts, from, to);
  }

  /** Notes that the info of a member has changed. */
  countInfo(): void {
    this.infoVersion = ++this.#entries.changes;
  }

  /** Remembers a slot for the next flush. Call it once per slot and flush. */
  addChanged(slot: number): void {
    this.#changed.push(slot);
  }

  /** Whether there are slots for `takeChanged`. */
  get hasChanged(): boolean {
    return this.#changed.length > 0;
  }

  /** The first slots to look at in a flush, up to `max`. They are removed here. */
  takeChanged(max: number): readonly number[] {
    const taken = this.#changed;
    this.#changed = taken.splice(max);
    return taken;
  }

  /** Remembers a slot that was taken for `takePostponed`. It must keep its marks until then. */
  postpone(slot: number): void {
    this.#postponed.push(slot);
  }

  /** The first postponed slots, up to `max`. They are removed here. */
  takePostponed(max: number): readonly number[] {
    const taken = this.#postponed;
    this.#postponed = taken.splice(max);
    return taken;
  }

  /** Slots of everybody online, sorted by uid. */
  inOrder(): Int32Array {
    return this.#order.slots();
  }

  /** Who is active and who is idle. The same object as long as the version is the same. */
  lists(): Lists {
    return finish(this.listsInSteps());
  }

  /** As `lists`, as of the first step. Other methods may be called between two steps. */
  *listsInSteps(): Generator<undefined, Lists> {
    if (this.#listsVersion === this.version) return this.#lists;
    const { version } = this;
    const slots = this.inOrder();
    let { status, uid } = this.#entries;
    if (slots.length > SLOTS_PER_STEP) [status, uid] = [status.slice(), uid.slice()];
    const active: string[] = [];
    const idle: string[] = [];
    for (let index = 0; index < slots.length; index++) {
      if (index > 0 && index % SLOTS_PER_STEP === 0) yield;
      const slot = slots[index]!;
      (status[slot] === ACTIVE ? active : idle).push(uid[slot]!);
    }
    const lists = { active, idle };
    if (version === this.version) {
      this.#lists = lists;
      this.#listsVersion = version;
    }
    return lists;
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

  /** Slots of everybody who was online at the last flush, sorted by uid. */
  inFlushedOrder(): Int32Array {
    const { flushedStatus, uid } = this.#entries;
    const stayed = this.inOrder().filter((slot) => flushedStatus[slot] !== OFFLINE);
    const isGone = (slot: number) => flushedStatus[slot] !== OFFLINE && !this.#order.isOnline(slot);
    const gone = [...new Set([...this.#changed.filter(isGone), ...this.#postponed.filter(isGone)])];
    gone.sort((a, b) => (uid[a]! < uid[b]! ? -1 : 1));
    return mergeSorted(stayed, Int32Array.from(gone), uid);
  }
}

/** Those who are offline are not counted. */
function move(counts: Counts, from: number, to: number): void {
  if (from !== OFFLINE) counts[from as typeof IDLE | typeof ACTIVE]--;
  if (to !== OFFLINE) counts[to as typeof IDLE | typeof ACTIVE]++;
}

const totalsOf = ([, idle, active]: Counts): Totals => ({ online: idle + active, active, idle });
