/** Counts what each address holds open, up to a limit; 0 for no limit. */
export class StreamsPerAddress {
  readonly #most: number;
  readonly #open = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a place for an address. @returns false when it has as many as it may */
  enter(address: string): boolean {
    if (this.#most === 0) return true;
    const open = this.#open.get(address) ?? 0;
    if (open >= this.#most) return false;
    this.#open.set(address, open + 1);
    return true;
  }

  /** Gives a place back. Once for each that was taken. */
  leave(address: string): void {
    const open = this.#open.get(address);
    if (open === undefined) return;
    if (open === 1) this.#open.delete(address);
    else this.#open.set(address, open - 1);
  }
}
