/** Limits how many streams each address holds open. */
export class StreamsPerAddress {
  readonly #limit: number;
  readonly #open = new Map<string, number>();

  /** @param limit 0 for no limit */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a place for an address. @returns false when the limit is reached */
  acquire(address: string): boolean {
    if (this.#limit === 0) return true;
    const open = this.#open.get(address) ?? 0;
    if (open >= this.#limit) return false;
    this.#open.set(address, open + 1);
    return true;
  }

  /** Gives a place back. Call it once for each place that was taken. */
  release(address: string): void {
    const open = this.#open.get(address);
    if (open === undefined) return;
    if (open === 1) this.#open.delete(address);
    else this.#open.set(address, open - 1);
  }
}
