/** One change event as it was sent. */
interface Kept {
  readonly number: number;
  readonly text: string;
}

/** How much is kept. */
export interface RingLimits {
  readonly maxEvents: number;
  /** Length of the texts kept together, in UTF-16 code units. */
  readonly maxLength: number;
}

/** The last change events of one place, for watchers who come back. Bounded in number and length. */
export class ChangeRing {
  readonly #limits: RingLimits;
  readonly #kept: Kept[] = [];
  #length = 0;
  /** Everything after this number is kept. */
  #completeSince: number;

  /** @param number that of the last flush before the ring began to keep */
  constructor(limits: RingLimits, number: number) {
    this.#limits = limits;
    this.#completeSince = number;
  }

  /** Keeps an event. Numbers must grow. Lets go of the oldest ones beyond the limits. */
  add(number: number, text: string): void {
    this.#kept.push({ number, text });
    this.#length += text.length;
    while (this.#kept.length > this.#limits.maxEvents || this.#length > this.#limits.maxLength) {
      const oldest = this.#kept.shift()!;
      this.#length -= oldest.text.length;
      this.#completeSince = oldest.number;
    }
  }

  /** The texts of all events after a number, oldest first; undefined when some of them are no longer, or not yet, kept. */
  since(number: number): string[] | undefined {
    if (number < this.#completeSince) return undefined;
    return this.#kept.filter((kept) => kept.number > number).map(({ text }) => text);
  }
}
