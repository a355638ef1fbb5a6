/** How long ago each visitor was looked up. All operations but `due` take constant time. */
export class DetailsAge {
  readonly #unknown = new Set<string>();
  /** When each was looked up, in milliseconds, oldest first. */
  readonly #known = new Map<string, number>();

  /** How many visitors have never been looked up. */
  get unknown(): number {
    return this.#unknown.size;
  }

  /** Adds a visitor who was never looked up. */
  add(uid: string): void {
    this.#unknown.add(uid);
  }

  /** Notes that a visitor was looked up. */
  refresh(uid: string, nowMs: number): void {
    this.remove(uid);
    this.#known.set(uid, nowMs);
  }

  remove(uid: string): void {
    this.#unknown.delete(uid);
    this.#known.delete(uid);
  }

  /** Returns at most `max` visitors to look up: those never looked up, else those of `beforeMs` and earlier. */
  due(max: number, beforeMs: number): string[] {
    const uids: string[] = [];
    for (const uid of this.#unknown) {
      if (uids.length === max) return uids;
      uids.push(uid);
    }
    for (const [uid, ms] of this.#known) {
      if (uids.length === max || ms > beforeMs) return uids;
      uids.push(uid);
    }
    return uids;
  }
}
