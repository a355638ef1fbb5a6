import type { ChangeEvent, OnlineStatus, OnlineVisitor, SnapshotEvent } from '../../protocol/messages.js';
import { displayName, type Entry } from './entry.js';
import { isolate } from './isolate.js';
import { type Filter, SortedEntries } from './sorted-entries.js';

/** The visitors who are online: a snapshot with all changes since applied. */
export class OnlineVisitors {
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

  /** Replaces all visitors. */
  restore({ visitors }: Pick<SnapshotEvent, 'visitors'>): void {
    this.#entries.clear();
    for (const { uid, status, info } of visitors) this.#entries.set(uid, { uid, status, info });
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
      this.#setStatus(uid, 'idle');
      describe(uid, 'is idle');
    }
    for (const uid of active) {
      this.#setStatus(uid, 'active');
      describe(uid, 'is active again');
    }
    for (const { uid, info } of updated) {
      const entry = this.#entries.get(uid);
      // A new entry, as another name changes its place in the order.
      if (entry) this.#put({ uid, status: entry.status, info });
    }
    for (const visitor of joined) {
      this.#put(visitor);
      describe(visitor.uid, 'came');
    }
    return sentences.length > 1 ? `${sentences.at(-1)}, and ${sentences.length - 1} more` : sentences[0];
  }

  /** Returns the visitors that match, sorted by name. */
  select(filter: Filter): Entry[] {
    return this.#sorted.select(filter);
  }

  #put({ uid, status, info }: OnlineVisitor): void {
    this.#remove(uid);
    const entry = { uid, status, info };
    this.#entries.set(uid, entry);
    this.#sorted.add(entry);
  }

  #remove(uid: string): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    this.#sorted.remove(entry);
    this.#entries.delete(uid);
  }

  #setStatus(uid: string, status: OnlineStatus): void {
    const entry = this.#entries.get(uid);
    if (entry) entry.status = status;
  }
}
