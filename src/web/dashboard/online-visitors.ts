import type { ChangeEvent, OnlineVisitor, SnapshotEvent, VisitorAnswer } from '../../protocol/messages.js';
import { DetailsAge } from './details-age.js';
import { displayName, type Entry } from './entry.js';
import { isolate } from './isolate.js';
import type { Order } from './order.js';
import { type Filter, SortedEntries } from './sorted-entries.js';

/** The visitors who are online: a snapshot with all changes since applied, and the details that were looked up. */
export class OnlineVisitors {
  /** Which visitors to look up next. */
  readonly detailsAge = new DetailsAge();
  readonly #entries = new Map<string, Entry>();
  readonly #sorted = new SortedEntries();

  /** The number of visitors. */
  get size(): number {
    return this.#entries.size;
  }

  /** The name of a visitor; the uid when the visitor is not online or has none. */
  nameOf(uid: string): string {
    return displayName(this.#entries.get(uid) ?? { uid });
  }

  /** Replaces all visitors. Those who were there before keep their details. */
  restore({ visitors }: Pick<SnapshotEvent, 'visitors'>): void {
    const before = new Map(this.#entries);
    this.#entries.clear();
    for (const { uid, status, info } of visitors) {
      this.#entries.set(uid, { uid, status, info, details: before.get(uid)?.details });
      if (!before.delete(uid)) this.detailsAge.add(uid);
    }
    for (const uid of before.keys()) this.detailsAge.remove(uid);
    this.#sorted.restore(this.#entries.values());
  }

  /** Applies a change. @returns a sentence about the latest event in it, or undefined when it has none */
  apply({ joined = [], left = [], active = [], idle = [], updated = [] }: ChangeEvent): string | undefined {
    const sentences: string[] = [];
    const describe = (uid: string, what: string) => sentences.push(`${isolate(this.nameOf(uid))} ${what}`);
    for (const uid of left) {
      describe(uid, 'left');
      this.#remove(uid);
    }
    for (const uid of idle) {
      this.#update(uid, { status: 'idle' });
      describe(uid, 'is idle');
    }
    for (const uid of active) {
      this.#update(uid, { status: 'active' });
      describe(uid, 'is active again');
    }
    for (const { uid, info } of updated) this.#update(uid, { info });
    for (const visitor of joined) {
      this.#join(visitor);
      describe(visitor.uid, 'came');
    }
    return sentences.length > 1 ? `${sentences.at(-1)}, and ${sentences.length - 1} more` : sentences[0];
  }

  /** Takes what was looked up. @param nowMs the present time, by the clock of `detailsAge` */
  setDetails(answers: readonly VisitorAnswer[], nowMs: number): void {
    for (const details of answers) {
      if (!this.#entries.has(details.uid)) continue;
      this.#update(details.uid, { details });
      this.detailsAge.refresh(details.uid, nowMs);
    }
  }

  /** Returns the visitors that match, in this order. */
  select(filter: Filter, order: Order): Entry[] {
    this.#sorted.sort(order);
    return this.#sorted.select(filter);
  }

  #join({ uid, status, info }: OnlineVisitor): void {
    this.#remove(uid);
    this.detailsAge.add(uid);
    this.#put({ uid, status, info, details: undefined });
  }

  #update(uid: string, news: Partial<Entry>): void {
    const entry = this.#entries.get(uid);
    // A new entry, as it may have another place in the order.
    if (entry) this.#put({ ...entry, ...news });
  }

  #put(entry: Entry): void {
    this.#entries.set(entry.uid, entry);
    this.#sorted.put(entry);
  }

  #remove(uid: string): void {
    if (!this.#entries.delete(uid)) return;
    this.#sorted.remove(uid);
    this.detailsAge.remove(uid);
  }
}
