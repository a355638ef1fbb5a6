import { displayName, type Entry, type Info } from './entry.js';
import { type Filter, Sorted } from './sorted.js';

/** How many are online; `ts` in Unix seconds. */
export interface Totals {
  readonly ts: number;
  readonly online_total: number;
  readonly active_total: number;
  readonly idle_total: number;
}

type Joined = { readonly uid: string; readonly status: 'active' | 'idle'; readonly info?: Info | undefined };

/** A `snapshot` event of `/sse/changes`. */
export interface Snapshot extends Totals {
  readonly visitors: readonly Joined[];
}

/** A `change` event of `/sse/changes`; lists without entries are left out. */
export interface Change extends Totals {
  readonly joined?: readonly Joined[];
  readonly left?: readonly string[];
  readonly active?: readonly string[];
  readonly idle?: readonly string[];
  readonly updated?: readonly { readonly uid: string; readonly info: Info }[];
}

/** What the events of `/sse/changes` add up to. */
export class State {
  readonly #entries = new Map<string, Entry>();
  readonly #sorted = new Sorted();

  /** How many are online. */
  get size(): number {
    return this.#entries.size;
  }

  /** Starts afresh. */
  restore({ visitors }: Pick<Snapshot, 'visitors'>): void {
    this.#entries.clear();
    for (const { uid, status, info } of visitors) this.#entries.set(uid, { uid, status, info });
    this.#sorted.restore(this.#entries.values());
  }

  /** Takes in a change. @returns the latest thing that happened, in words, if anything did */
  apply({ joined = [], left = [], active = [], idle = [], updated = [] }: Change): string | undefined {
    const words: string[] = [];
    const tell = (uid: string, what: string) => words.push(`${displayName(this.#entries.get(uid) ?? { uid })} ${what}`);
    for (const uid of left) {
      tell(uid, 'left');
      this.#remove(uid);
    }
    for (const uid of idle) {
      this.#set(uid, 'idle');
      tell(uid, 'is idle');
    }
    for (const uid of active) {
      this.#set(uid, 'active');
      tell(uid, 'is active again');
    }
    for (const { uid, info } of updated) {
      const entry = this.#entries.get(uid);
      // Afresh, as its place in the order goes by its name.
      if (entry) this.#put({ uid, status: entry.status, info });
    }
    for (const visitor of joined) {
      this.#put(visitor);
      tell(visitor.uid, 'came');
    }
    return words.length > 1 ? `${words.at(-1)}, and ${words.length - 1} more` : words[0];
  }

  /** Who is wanted, sorted by name. */
  select(filter: Filter): Entry[] {
    return this.#sorted.select(filter);
  }

  #put({ uid, status, info }: Joined): void {
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

  #set(uid: string, status: 'active' | 'idle'): void {
    const entry = this.#entries.get(uid);
    if (entry) entry.status = status;
  }
}
