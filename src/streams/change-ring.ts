/** One change event, as it was sent. */
interface KeptEvent {
  readonly number: number;
  readonly text: string;
}

/** The bounds of a ring. */
export interface RingLimits {
  readonly maxEvents: number;
  /** Of all kept texts together, in UTF-16 code units. */
  readonly maxLength: number;
}

/** The last change events of the site or a room, for watchers that reconnect. Bounded in number and length. */
export class ChangeRing {
  readonly #limits: RingLimits;
  readonly #kept: KeptEvent[] = [];
  #length = 0;
  /** All events with a greater number are kept. */
  #completeSince: number;

  /** @param number the number of the last flush before the first event of this ring */
  constructor(limits: RingLimits, number: number) {
    this.#limits = limits;
    this.#completeSince = number;
  }

  /** Adds an event. Numbers must increase. Drops the oldest events beyond the limits. */
  add(number: number, text: string): void {
    this.#kept.push({ number, text });
    this.#length += text.length;
    while (this.#kept.length > this.#limits.maxEvents || this.#length > this.#limits.maxLength) {
      const oldest = this.#kept.shift()!;
      this.#length -= oldest.text.length;
      this.#completeSince = oldest.number;
    }
  }

  /** The texts of all events with a greater number, oldest first; undefined when the ring does not have all of them. */
  since(number: number): string[] | undefined {
    if (number < this.#completeSince) return undefined;
    return this.#kept.filter((kept) => kept.number > number).map(({ text }) => text);
  }
}
