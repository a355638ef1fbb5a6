/** A message as a receiver reads it. */
export interface WebhookMessage {
  readonly type: string;
  readonly timestamp: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type has other members, which the tests compare
  readonly data: any;
}

/** What a receiver knows of a visitor. */
export interface FoldedVisitor {
  status: string;
  info?: object | undefined;
}

/** A receiver that folds messages into the list of who is online, as docs/webhooks.md says. */
export class WebhookFold {
  readonly visitors = new Map<string, FoldedVisitor>();
  /** The status of each member, by room and uid. */
  readonly rooms = new Map<string, Map<string, string>>();
  /** Rooms that were occupied and not vacated since. */
  readonly occupied = new Set<string>();

  /** The visitors as `/v1/online` lists them. */
  lists(): { active_uids: string[]; idle_uids: string[] } {
    const uids = (wanted: string) =>
      [...this.visitors].filter(([, { status }]) => status === wanted).map(([uid]) => uid);
    return { active_uids: uids('active').sort(), idle_uids: uids('idle').sort() };
  }

  take({ type, data }: WebhookMessage): void {
    if (type === 'presence.batch') {
      for (const event of data.events) this.take(event);
    } else if (type === 'presence.snapshot') {
      if (data.part === 1) this.#clear();
      for (const { uid, status, info, rooms = [] } of data.visitors) {
        this.visitors.set(uid, { status, info });
        for (const place of rooms) this.#enter(place.room, uid, place.status);
      }
    } else if (type.startsWith('room.')) {
      this.#takeRoom(type, data);
    } else if (type === 'visitor.left') {
      this.visitors.delete(data.uid);
    } else if (type === 'visitor.joined') {
      this.visitors.set(data.uid, { status: data.status, info: data.info });
    } else {
      // An update has no status, and a change of the status no info.
      const visitor = this.visitors.get(data.uid);
      if (visitor === undefined) return;
      if (data.status !== undefined) visitor.status = data.status;
      if (data.info !== undefined) visitor.info = data.info;
    }
  }

  #takeRoom(type: string, { room, uid, status }: { room: string; uid: string; status: string }): void {
    if (type === 'room.occupied') this.occupied.add(room);
    else if (type === 'room.vacated') this.occupied.delete(room);
    else if (type === 'room.left') this.rooms.get(room)?.delete(uid);
    else this.#enter(room, uid, status);
    if (this.rooms.get(room)?.size === 0) this.rooms.delete(room);
  }

  #enter(room: string, uid: string, status: string): void {
    const members = this.rooms.get(room) ?? new Map<string, string>();
    this.rooms.set(room, members.set(uid, status));
    this.occupied.add(room);
  }

  #clear(): void {
    this.visitors.clear();
    this.rooms.clear();
    this.occupied.clear();
  }
}
