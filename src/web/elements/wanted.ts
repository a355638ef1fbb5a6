import type { OnlineVisitor, Totals, View, ViewRequest, VisitorStatus } from '../../protocol/messages.js';
import { isName } from './names.js';

/** The site as a key of rooms, which have no empty names. */
export const SITE = '';
const MAX_UIDS = 100;
/** For the uids of one request. Leaves room for the rest of a heartbeat of 8 KiB, and of a URL. */
const MAX_UIDS_BYTES = 4096;
/** `&uids=` in a URL; what JSON puts around a text is shorter. */
const UID_OVERHEAD_BYTES = 6;
/** Visitors whose elements are gone are kept, since a list that is filtered often shows them again. */
const MAX_UNWANTED = 1000;

/** The place that an element shows: a room; the site; or `here`, the room of the page's heartbeats, else the site. */
export interface Place {
  readonly in: 'room' | 'site' | 'here';
  readonly room?: string;
}

/** What one element shows. */
export type Want = { readonly isLive: boolean } & (
  | { readonly place: Place; readonly members: number }
  | { readonly uid: string }
);

/** What a page knows of a room. A part that the service keeps from the page is undefined. */
export interface RoomAnswer {
  readonly totals: Totals | undefined;
  readonly members: readonly OnlineVisitor[] | undefined;
}

interface Answer {
  readonly atMs: number;
  /** It is to be asked again whatever its age. What is known stays shown. */
  isExpired?: boolean;
}
interface KeptRoom extends Answer, RoomAnswer {
  readonly maxMembers: number;
}
interface KeptVisitor extends Answer {
  readonly status: VisitorStatus | undefined;
}

/** The room of a place as a key: its name, or `SITE`. */
export const keyOf = (place: Place, here: string | undefined): string =>
  (place.in === 'here' ? here : place.room) ?? SITE;

/**
 * What the elements of a page want to know, and the latest answers. A request has one room and at most 100 uids, so it
 * takes the room and the uids whose answers are oldest, and several requests take turns.
 */
export class Wanted {
  readonly #wants = new Set<Want>();
  readonly #rooms = new Map<string, KeptRoom>();
  readonly #visitors = new Map<string, KeptVisitor>();

  /** @returns a function that removes it */
  add(want: Want): () => void {
    this.#wants.add(want);
    return () => this.#wants.delete(want);
  }

  room(key: string, sinceMs: number): RoomAnswer | undefined {
    return newerThan(sinceMs, this.#rooms.get(key));
  }

  visitor(uid: string, sinceMs: number): VisitorStatus | undefined {
    return newerThan(sinceMs, this.#visitors.get(uid))?.status;
  }

  /** The place that a stream is to cover: the site if a live element shows it or visitors, else the first live room. */
  liveKey(here: string | undefined): string | undefined {
    const keys = [...this.#wants].flatMap((want) => {
      if (!want.isLive) return [];
      return 'uid' in want ? SITE : keyOf(want.place, here);
    });
    return keys.includes(SITE) ? SITE : keys[0];
  }

  /** When the oldest answer was given; -Infinity if one is missing, Infinity if nothing is wanted. */
  oldestMs(here: string | undefined): number {
    const { rooms, uids } = this.#needs(here);
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const [key, members] of rooms) oldestMs = Math.min(oldestMs, this.#roomAtMs(key, members));
    for (const uid of uids) oldestMs = Math.min(oldestMs, this.#visitorAtMs(uid));
    return oldestMs;
  }

  /**
   * The next request, for what was not answered since `sinceMs`. Undefined when there is nothing.
   *
   * @param isCarried whether a heartbeat carries it. One that is in a room cannot ask for the whole site.
   */
  next(sinceMs: number, here: string | undefined, isCarried: boolean): ViewRequest | undefined {
    const { rooms, uids } = this.#needs(here);
    const [room] = [...rooms]
      .filter(([key]) => key !== SITE || !isCarried || here === undefined)
      .map(([key, members]) => ({ key, members, atMs: this.#roomAtMs(key, members) }))
      .filter(({ atMs }) => atMs < sinceMs)
      .sort((a, b) => compare(a.atMs, b.atMs));
    const due = takeUids(
      [...uids]
        .map((uid) => ({ uid, atMs: this.#visitorAtMs(uid) }))
        .filter(({ atMs }) => atMs < sinceMs)
        .sort((a, b) => compare(a.atMs, b.atMs))
        .map(({ uid }) => uid),
    );
    if (!room && due.length === 0) return undefined;
    return {
      ...(room && { ...(room.key !== SITE && { room: room.key }), totals: true }),
      ...(room && room.members > 0 && { members: room.members }),
      ...(due.length > 0 && { uids: due }),
    };
  }

  /** Keeps the answer to a request. What it lacks is kept as unknown, and is not asked again before its time. */
  store({ room, totals, members, uids }: ViewRequest, view: View, nowMs: number): void {
    if (totals) {
      const answer = { totals: view.totals, members: view.members, maxMembers: members ?? 0 };
      this.#rooms.set(String(room ?? SITE), { ...answer, atMs: nowMs });
    }
    const statuses = new Map(view.visitors?.map((each) => [each.uid, each]));
    for (const uid of (uids ?? []) as string[]) this.#visitors.set(uid, { atMs: nowMs, status: statuses.get(uid) });
    this.#prune();
  }

  /** Makes everything due that was answered before this time. */
  expire(beforeMs: number): void {
    for (const answer of [...this.#rooms.values(), ...this.#visitors.values()]) {
      if (answer.atMs < beforeMs) answer.isExpired = true;
    }
  }

  #needs(here: string | undefined) {
    const rooms = new Map<string, number>();
    const uids = new Set<string>();
    for (const want of this.#wants) {
      if ('uid' in want) {
        if (isName(want.uid)) uids.add(want.uid);
        continue;
      }
      const key = keyOf(want.place, here);
      if (key === SITE || isName(key)) rooms.set(key, Math.max(rooms.get(key) ?? 0, want.members));
    }
    return { rooms, uids };
  }

  #roomAtMs(key: string, members: number): number {
    const answer = this.#rooms.get(key);
    return answer && answer.maxMembers >= members ? answeredMs(answer) : Number.NEGATIVE_INFINITY;
  }

  #visitorAtMs(uid: string): number {
    return answeredMs(this.#visitors.get(uid));
  }

  #prune(): void {
    for (const kept of [this.#rooms, this.#visitors]) {
      if (kept.size <= this.#wants.size + MAX_UNWANTED) continue;
      const { rooms, uids } = this.#needs(undefined);
      for (const key of kept.keys()) if (!uids.has(key) && !rooms.has(key)) kept.delete(key);
    }
  }
}

const newerThan = <Kept extends Answer>(sinceMs: number, answer: Kept | undefined): Kept | undefined =>
  answer && answer.atMs >= sinceMs ? answer : undefined;

const answeredMs = (answer: Answer | undefined): number =>
  answer === undefined || answer.isExpired ? Number.NEGATIVE_INFINITY : answer.atMs;

/** Also for infinities, whose difference is not a number. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

function takeUids(uids: readonly string[]): string[] {
  let bytes = 0;
  const taken: string[] = [];
  for (const uid of uids) {
    bytes += encodeURIComponent(uid).length + UID_OVERHEAD_BYTES;
    if (taken.length === MAX_UIDS || bytes > MAX_UIDS_BYTES) break;
    taken.push(uid);
  }
  return taken;
}
