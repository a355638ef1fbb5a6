import type { Presence } from '../presence/presence.js';
import type { Member } from '../presence/types.js';
import { infoJson, messageJson, uidJson } from './events.js';

/** Where a visitor is: the JSON text of a list of rooms. */
type RoomsByUid = ReadonlyMap<string, string>;

/** Everybody who is online, as messages of bounded size that are encoded one by one. */
export class Snapshot {
  readonly #members: readonly Member[];
  readonly #roomsByUid: RoomsByUid | undefined;
  readonly #timestamp: string;
  /** For each part, the index of the member after its last one. */
  readonly #ends: number[] = [];
  #next = 0;

  /**
   * Reads who was online at the last flush.
   *
   * @param hasRooms whether to say which rooms the visitors are in
   * @param timestamp the present time, in the form of ISO 8601
   * @param maxBytes the size of a part; one member that is larger makes a part of its own
   */
  constructor(presence: Presence, hasRooms: boolean, timestamp: string, maxBytes: number) {
    const members = presence.flushedMembers();
    this.#members = members;
    this.#roomsByUid = hasRooms ? readRooms(presence) : undefined;
    this.#timestamp = timestamp;
    let bytes = Buffer.byteLength(this.#encode([], Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
    const emptyBytes = bytes;
    for (const [index, member] of members.entries()) {
      const memberBytes = Buffer.byteLength(this.#encodeMember(member)) + 1;
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
    const visitors = members.map((member) => this.#encodeMember(member)).join(',');
    return messageJson(
      'presence.snapshot',
      this.#timestamp,
      `{"part":${part},"parts":${parts},"visitors":[${visitors}]}`,
    );
  }

  #encodeMember({ uid, status, info }: Member): string {
    const rooms = this.#roomsByUid && `,"rooms":[${this.#roomsByUid.get(uid) ?? ''}]`;
    return `{${uidJson(uid)},"status":"${status}"${infoJson(info)}${rooms ?? ''}}`;
  }
}

function readRooms(presence: Presence): RoomsByUid {
  const rooms = new Map<string, string>();
  for (const room of presence.roomNames) {
    const name = JSON.stringify(room);
    for (const { uid, status } of presence.flushedMembers(room)) {
      const others = rooms.get(uid);
      rooms.set(uid, `${others === undefined ? '' : `${others},`}{"room":${name},"status":"${status}"}`);
    }
  }
  return rooms;
}
