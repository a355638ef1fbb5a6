import type { ChangeEvent, Info, OnlineStatus, OnlineVisitor, SnapshotEvent, Totals } from '../../protocol/messages.js';

/** Who is online in a place: a snapshot with all changes since applied. */
export class LiveRoom {
  readonly #visitors = new Map<string, { status: OnlineStatus; info: Info | undefined }>();
  #totals: Totals | undefined;
  #ts = 0;

  /** Undefined until there is a snapshot. */
  get totals(): Totals | undefined {
    return this.#totals;
  }

  statusOf(uid: string): OnlineStatus | undefined {
    return this.#visitors.get(uid)?.status;
  }

  /** Forgets everything: nobody says any more what changes. */
  clear(): void {
    this.#visitors.clear();
    this.#totals = undefined;
  }

  /** Replaces everything. */
  restore(snapshot: SnapshotEvent): void {
    this.#visitors.clear();
    for (const { uid, status, info } of snapshot.visitors) this.#visitors.set(uid, { status, info });
    this.#count(snapshot);
  }

  /** Applies a change. Does nothing before there is a snapshot. */
  apply(change: ChangeEvent): void {
    if (this.#totals === undefined) return;
    for (const uid of change.left ?? []) this.#visitors.delete(uid);
    for (const status of ['idle', 'active'] as const) {
      for (const uid of change[status] ?? []) {
        const visitor = this.#visitors.get(uid);
        if (visitor) visitor.status = status;
      }
    }
    for (const { uid, info } of change.updated ?? []) {
      const visitor = this.#visitors.get(uid);
      if (visitor) visitor.info = info;
    }
    for (const { uid, status, info } of change.joined ?? []) this.#visitors.set(uid, { status, info });
    this.#count(change);
  }

  /** Everything, as another page can restore it. Undefined until there is a snapshot. */
  snapshot(): SnapshotEvent | undefined {
    if (this.#totals === undefined) return undefined;
    return { ...this.#totals, ts: this.#ts, visitors: [...this.#visitors].map(([uid, each]) => ({ uid, ...each })) };
  }

  /** The first visitors in the order of the view: active ones before idle ones, each sorted by uid. */
  members(count: number): OnlineVisitor[] {
    const first: OnlineVisitor[] = [];
    for (const [uid, { status, info }] of this.#visitors) {
      const visitor = { uid, status, info };
      if (first.length === count && !isBefore(visitor, first[count - 1])) continue;
      let index = first.length;
      while (index > 0 && isBefore(visitor, first[index - 1])) index--;
      first.splice(index, 0, visitor);
      if (first.length > count) first.pop();
    }
    return first;
  }

  #count({ ts, online_total, active_total, idle_total }: Totals & { readonly ts: number }): void {
    this.#ts = ts;
    this.#totals = { online_total, active_total, idle_total };
  }
}

function isBefore(a: OnlineVisitor, b: OnlineVisitor | undefined): boolean {
  if (b === undefined) return false;
  return a.status === b.status ? a.uid < b.uid : a.status === 'active';
}
