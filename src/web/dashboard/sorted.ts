import { displayName, type Entry } from './entry.js';

/** Which visitors are wanted. */
export interface Filter {
  readonly text: string;
  readonly status: '' | 'active' | 'idle';
}

interface Item {
  readonly entry: Entry;
  readonly uid: string;
  /** What it is sorted and found by. */
  readonly key: string;
}

/**
 * Visitors in the order of their names. Each is put where it belongs when it comes, which with ten thousand takes about a
 * quarter of the time that sorting them anew at every change does.
 */
export class Sorted {
  #items: Item[] = [];

  /** Starts afresh. */
  restore(entries: Iterable<Entry>): void {
    this.#items = Array.from(entries, toItem).sort(compare);
  }

  add(entry: Entry): void {
    const item = toItem(entry);
    this.#items.splice(this.#placeOf(item), 0, item);
  }

  /** Takes out an entry whose name is still that with which it was added. */
  remove(entry: Entry): void {
    const place = this.#placeOf(toItem(entry));
    if (this.#items[place]?.uid === entry.uid) this.#items.splice(place, 1);
  }

  /** Who is wanted, in order. */
  select({ text, status }: Filter): Entry[] {
    const wanted = text.trim().toLowerCase();
    const entries: Entry[] = [];
    for (const { entry, uid, key } of this.#items) {
      if (status !== '' && entry.status !== status) continue;
      if (wanted !== '' && !key.includes(wanted) && !uid.toLowerCase().includes(wanted)) continue;
      entries.push(entry);
    }
    return entries;
  }

  /** The place of the first item that does not come before this one. */
  #placeOf(item: Item): number {
    let least = 0;
    let most = this.#items.length;
    while (least < most) {
      const middle = (least + most) >>> 1;
      if (compare(this.#items[middle]!, item) < 0) least = middle + 1;
      else most = middle;
    }
    return least;
  }
}

const toItem = (entry: Entry): Item => ({ entry, uid: entry.uid, key: displayName(entry).toLowerCase() });

function compare(one: Item, other: Item): number {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1;
  if (one.uid === other.uid) return 0;
  return one.uid < other.uid ? -1 : 1;
}
