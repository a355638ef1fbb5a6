import type { OnlineStatus } from '../../protocol/messages.js';
import { displayName, type Entry } from './entry.js';
import { fold } from './fold.js';

/** Selects entries. Empty texts select all. */
export interface Filter {
  /** A part of the name, the uid or a text of the info, compared folded. */
  readonly text: string;
  readonly status: '' | OnlineStatus;
}

interface Item {
  readonly entry: Entry;
  /** The name in lower case, by which entries are sorted. */
  readonly key: string;
  /** The folded name, uid and texts of the info, each on a line of its own. */
  readonly findable: string;
}

/**
 * Entries in the order of their names. Each is inserted at its place by binary search, which with ten thousand entries
 * takes about a quarter of the time of sorting them at every change.
 */
export class SortedEntries {
  #items: Item[] = [];

  /** Replaces all entries. */
  restore(entries: Iterable<Entry>): void {
    this.#items = Array.from(entries, toItem).sort(compare);
  }

  add(entry: Entry): void {
    const item = toItem(entry);
    this.#items.splice(this.#indexOf(item), 0, item);
  }

  /** Removes an entry, which must still have the name with which it was added. */
  remove(entry: Entry): void {
    const index = this.#indexOf(toItem(entry));
    if (this.#items[index]?.entry.uid === entry.uid) this.#items.splice(index, 1);
  }

  /** Returns the entries that match, in order. */
  select({ text, status }: Filter): Entry[] {
    const part = fold(text.trim());
    const entries: Entry[] = [];
    for (const { entry, findable } of this.#items) {
      if (status !== '' && entry.status !== status) continue;
      if (!findable.includes(part)) continue;
      entries.push(entry);
    }
    return entries;
  }

  /** The index of this item, or where to insert it. */
  #indexOf(item: Item): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.#items[middle]!, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const toItem = (entry: Entry): Item => {
  const name = displayName(entry);
  const { avatar: _, ...info } = entry.info ?? {};
  return { entry, key: name.toLowerCase(), findable: fold([name, entry.uid, ...Object.values(info)].join('\n')) };
};

function compare(one: Item, other: Item): number {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1;
  if (one.entry.uid === other.entry.uid) return 0;
  return one.entry.uid < other.entry.uid ? -1 : 1;
}
