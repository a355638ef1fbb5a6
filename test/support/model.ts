import type { PresenceSettings } from '../../src/config/settings.js';
import type { Hit, Leave } from '../../src/protocol/heartbeat.js';

interface Place {
  lastActivityMs: number;
  lastSeenMs: number;
  /** When each open page ends, in the order of their first heartbeats. */
  readonly sessions: Map<string, number>;
}

interface Visitor extends Place {
  info: string | undefined;
  isInvisible: boolean;
  onlineSinceMs: number;
  readonly rooms: Map<string, Place>;
}

export interface ModelVisitor {
  readonly status: 'active' | 'idle';
  readonly info: string | undefined;
  readonly lastSeenMs: number;
  readonly onlineSinceMs: number;
  readonly offlineAtMs: number;
  readonly sessions: number;
  readonly rooms: string[];
}

/** The rules of presence in their simplest form: every call looks at all visitors. Shares no code with the service. */
export class PresenceModel {
  readonly #settings: PresenceSettings;
  readonly #visitors = new Map<string, Visitor>();
  readonly #seen = new Map<string, { lastSeenMs: number; lastActivityMs: number }>();

  constructor(settings: PresenceSettings) {
    this.#settings = settings;
  }

  hit(hit: Hit, nowMs: number): void {
    this.#removeOffline(nowMs);
    const visitor: Visitor = this.#visitors.get(hit.uid) ?? {
      ...emptyPlace(),
      info: undefined,
      isInvisible: false,
      onlineSinceMs: nowMs,
      rooms: new Map(),
    };
    this.#visitors.set(hit.uid, visitor);
    if (hit.invisible === true && !visitor.isInvisible && visitor.sessions.size > 0) this.#remember(hit.uid, visitor);
    if (hit.invisible === false && visitor.isInvisible) visitor.onlineSinceMs = nowMs;
    this.#hitPlace(visitor, hit, nowMs);
    if (hit.room !== undefined) {
      if (!visitor.rooms.has(hit.room) && visitor.rooms.size >= this.#settings.maxRoomsPerVisitor) {
        const endOf = (room: string) => Math.max(...visitor.rooms.get(room)!.sessions.values());
        const [stalest] = [...visitor.rooms.keys()].sort().sort((a, b) => endOf(a) - endOf(b));
        visitor.rooms.delete(stalest!);
      }
      const place = visitor.rooms.get(hit.room) ?? emptyPlace();
      visitor.rooms.set(hit.room, place);
      this.#hitPlace(place, hit, nowMs);
    }
    if (hit.info !== undefined) visitor.info = hit.info === '{}' ? undefined : hit.info;
    if (hit.invisible !== undefined) visitor.isInvisible = hit.invisible;
    if (!visitor.isInvisible) this.#seen.delete(hit.uid);
  }

  erase(uid: string): void {
    this.#visitors.delete(uid);
    this.#seen.delete(uid);
  }

  /** When an offline visitor was last here. */
  lastSeen(uid: string, nowMs: number): { lastSeenMs: number; lastActivityMs: number } | undefined {
    this.#removeOffline(nowMs);
    const seen = this.#seen.get(uid);
    return seen !== undefined && nowMs - seen.lastSeenMs <= this.#settings.lastSeenKeptMs ? seen : undefined;
  }

  leave(leave: Leave, nowMs: number): void {
    this.#removeOffline(nowMs);
    const visitor = this.#visitors.get(leave.uid);
    if (visitor === undefined) return;
    const places = leave.room === undefined ? [visitor, ...visitor.rooms.values()] : [visitor.rooms.get(leave.room)];
    for (const place of places) {
      for (const [id, endsAtMs] of place?.sessions ?? []) {
        if (leave.session !== undefined && id !== leave.session) continue;
        place!.sessions.set(id, Math.min(endsAtMs, nowMs + this.#settings.leaveSettleMs));
      }
    }
  }

  /** Who is online in a room or on the whole site, by uid. */
  online(nowMs: number, room?: string): Map<string, ModelVisitor> {
    this.#removeOffline(nowMs);
    const online = new Map<string, ModelVisitor>();
    for (const uid of [...this.#visitors.keys()].sort()) {
      const visitor = this.#visitors.get(uid)!;
      const place = room === undefined ? visitor : visitor.rooms.get(room);
      if (place === undefined || visitor.isInvisible) continue;
      online.set(uid, {
        status: nowMs - place.lastActivityMs <= this.#settings.activeWindowMs ? 'active' : 'idle',
        info: visitor.info,
        lastSeenMs: place.lastSeenMs,
        onlineSinceMs: visitor.onlineSinceMs,
        offlineAtMs: Math.max(...place.sessions.values()),
        sessions: [...place.sessions.values()].filter((endsAtMs) => endsAtMs > nowMs).length,
        rooms: [...visitor.rooms.keys()].sort(),
      });
    }
    return online;
  }

  #hitPlace(place: Place, hit: Hit, nowMs: number): void {
    place.lastSeenMs = nowMs;
    place.lastActivityMs = Math.max(place.lastActivityMs, Math.min(hit.activityMs, nowMs));
    const id = hit.session ?? '';
    if (!place.sessions.has(id)) {
      for (const [ended, endsAtMs] of place.sessions) if (endsAtMs <= nowMs) place.sessions.delete(ended);
      while (place.sessions.size >= this.#settings.maxSessions) {
        const first = [...place.sessions].sort((a, b) => a[1] - b[1])[0]![0];
        place.sessions.delete(first);
      }
    }
    place.sessions.set(id, nowMs + this.#settings.onlineWindowMs + 1);
  }

  #removeOffline(nowMs: number): void {
    const hasEnded = (place: Place) => [...place.sessions.values()].every((endsAtMs) => endsAtMs <= nowMs);
    for (const [uid, visitor] of this.#visitors) {
      for (const [room, place] of visitor.rooms) if (hasEnded(place)) visitor.rooms.delete(room);
      if (!hasEnded(visitor)) continue;
      this.#visitors.delete(uid);
      if (!visitor.isInvisible) this.#remember(uid, visitor);
    }
  }

  #remember(uid: string, { lastSeenMs, lastActivityMs }: Visitor): void {
    if (this.#settings.lastSeenKeptMs > 0) this.#seen.set(uid, { lastSeenMs, lastActivityMs });
  }
}

const emptyPlace = (): Place => ({ lastActivityMs: Number.NEGATIVE_INFINITY, lastSeenMs: 0, sessions: new Map() });
