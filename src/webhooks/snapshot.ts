import type { Member } from '../presence/types.js';
import { messageJson, visitorJson } from './events.js';

/** Everybody who is online, as messages of bounded size that are encoded one by one. */
export class Snapshot {
  readonly #members: readonly Member[];
  readonly #timestamp: string;
  /** For each part, the index of the member after its last one. */
  readonly #ends: number[] = [];
  #next = 0;

  /**
   * @param timestamp when the members were read, in the form of ISO 8601
   * @param maxBytes the size of a part; one member that is larger makes a part of its own
   */
  constructor(members: readonly Member[], timestamp: string, maxBytes: number) {
    this.#members = members;
    this.#timestamp = timestamp;
    let bytes = Buffer.byteLength(this.#encode([], Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
    const emptyBytes = bytes;
    for (const [index, member] of members.entries()) {
      const memberBytes = Buffer.byteLength(encodeMember(member)) + 1;
      if (bytes > emptyBytes && bytes + memberBytes > maxBytes) {
        this.#ends.push(index);
        bytes = emptyBytes;
      }
      bytes += memberBytes;
    }
    this.#ends.push(members.length);
  }

  /** Whether the first part has been accepted. */
  get hasBegun(): boolean {
    return this.#next > 0;
  }

  /** Whether all parts have been accepted. */
  get isOver(): boolean {
    return this.#next === this.#ends.length;
  }

  /** The next part. The same until it is accepted. */
  part(): string {
    const members = this.#members.slice(this.#ends[this.#next - 1] ?? 0, this.#ends[this.#next]);
    return this.#encode(members, this.#next + 1, this.#ends.length);
  }

  /** Goes on to the next part. */
  accept(): void {
    this.#next++;
  }

  #encode(members: readonly Member[], part: number, parts: number): string {
    const visitors = members.map(encodeMember).join(',');
    return messageJson(
      'presence.snapshot',
      this.#timestamp,
      `{"part":${part},"parts":${parts},"visitors":[${visitors}]}`,
    );
  }
}

const encodeMember = ({ uid, status, info }: Member): string => visitorJson(uid, status, info);
