import { DiffCollector } from './diff.js';
import { type Entries, POSTPONED } from './entries.js';
import type { Scope } from './scope.js';
import { OFFLINE } from './status.js';
import type { Diff, Member } from './types.js';

/** What changes work with. */
export interface ChangesDependencies {
  readonly site: Scope;
  readonly entries: Entries<Scope>;
  readonly memberOf: (slot: number) => Member;
  /** Called for each slot that is offline, when its change has been taken. */
  readonly forget: (slot: number) => void;
  /** Called for each room that has no members when its changes have been taken. */
  readonly forgetRoom: (room: Scope) => void;
  /** Called when there is a change for the first time, and for the first time after all have been taken. */
  readonly onChange: () => void;
}

/** The slots that changed since the last flush, and the diffs of a flush. */
export class Changes {
  readonly #dependencies: ChangesDependencies;
  readonly #rooms = new Set<Scope>();
  #unflushedCount = 0;

  constructor(dependencies: ChangesDependencies) {
    this.#dependencies = dependencies;
  }

  /** How many slots have changed since the last flush. */
  get unflushedCount(): number {
    return this.#unflushedCount;
  }

  /** Notes a change of a slot, as one of the marks of `Entries`. */
  add(slot: number, mark: number): void {
    const { entries, site, onChange } = this.#dependencies;
    const { marks, status } = entries;
    const scope = entries.scope[slot]!;
    const before = marks[slot]!;
    marks[slot] = before | mark;
    if ((before & POSTPONED) !== 0 && status[slot] !== OFFLINE) {
      // A visitor who is back has to be flushed before rooms that were entered since.
      marks[slot]! &= ~POSTPONED;
      scope.addChanged(slot);
    }
    if (before !== 0) return;
    scope.addChanged(slot);
    if (scope !== site) this.#rooms.add(scope);
    if (this.#unflushedCount++ === 0) onChange();
  }

  /** As `Presence.flush`. */
  take(maxChanges: number): Diff[] {
    const { site, entries, forgetRoom } = this.#dependencies;
    const { status, marks } = entries;
    const diffs: Diff[] = [];
    const untilCount = this.#unflushedCount - maxChanges;
    const left = () => this.#unflushedCount - untilCount;
    // Who joins the site does so before joining a room, and who leaves it has left all rooms: forgetting a room's entry
    // needs the visitor's site entry.
    const siteDiff = this.#collect(site);
    while (left() > 0 && site.hasChanged) {
      for (const slot of site.takeChanged(left())) {
        if (status[slot] !== OFFLINE) {
          this.#addTo(siteDiff, slot);
        } else {
          marks[slot]! |= POSTPONED;
          site.postpone(slot);
        }
      }
    }
    for (const room of this.#rooms) {
      if (left() <= 0) break;
      const roomDiff = this.#collect(room);
      for (const slot of room.takeChanged(left())) this.#addTo(roomDiff, slot);
      addDiff(diffs, roomDiff);
      if (!room.hasChanged) this.#rooms.delete(room);
      if (room.members.size === 0) forgetRoom(room);
    }
    for (const slot of site.takePostponed(left())) if ((marks[slot]! & POSTPONED) !== 0) this.#addTo(siteDiff, slot);
    addDiff(diffs, siteDiff);
    return diffs;
  }

  #collect(scope: Scope): DiffCollector {
    const { entries, memberOf, forget } = this.#dependencies;
    return new DiffCollector(scope, entries, memberOf, forget);
  }

  #addTo(collector: DiffCollector, slot: number): void {
    this.#unflushedCount--;
    collector.add(slot);
  }
}

function addDiff(diffs: Diff[], { diff }: DiffCollector): void {
  if (diff !== undefined) diffs.push(diff);
}
