import type { PresenceSettings } from '../config/settings.js';
import type { LastSeen } from '../presence/last-seen.js';
import type { Presence } from '../presence/presence.js';
import type { Clock } from '../runtime/clock.js';
import type { Log } from '../runtime/log.js';
import { settleWithin } from '../runtime/settle-within.js';
import type { Timers } from '../runtime/timers.js';
import type { LastSeenStore, StoredLastSeen } from './log/redis-last-seen.js';

/** What `LastSeenSync` works with. */
export interface LastSeenSyncDependencies {
  readonly presence: Presence;
  readonly store: LastSeenStore;
  readonly settings: Pick<PresenceSettings, 'lastSeenKeptMs' | 'maxLastSeen'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

const SAVE_EVERY_MS = 5000;
/** The most that a start waits for the store. */
const LOAD_TIMEOUT_MS = 2000;
const STOP_TIMEOUT_MS = 1000;

/**
 * Keeps when visitors were last here in a store, so that it survives restarts. All instances save the same, because each of
 * them may be the last one; the store ignores what it has.
 */
export class LastSeenSync {
  readonly #dependencies: LastSeenSyncDependencies;
  /** By uid; undefined for those to forget. */
  #pending = new Map<string, LastSeen | undefined>();
  #hasFailed = false;
  #saved: Promise<void> = Promise.resolve();

  constructor(dependencies: LastSeenSyncDependencies) {
    this.#dependencies = dependencies;
    dependencies.presence.onLastSeen((uid, seen) => this.#add(uid, seen));
  }

  /** Loads what the store has, for two seconds at most, and saves every five seconds from then on. Never rejects. */
  async start(): Promise<void> {
    const { timers } = this.#dependencies;
    await settleWithin(LOAD_TIMEOUT_MS, this.#load(), timers);
    timers.every(SAVE_EVERY_MS, () => {
      this.#saved = this.#saved.then(() => this.#save());
    });
  }

  /** Saves the rest, and who is online now, for a second at most, and disconnects. */
  async stop(): Promise<void> {
    const { timers, store, presence, clock } = this.#dependencies;
    // If nobody runs while their windows end, nobody else will.
    const nowMs = clock.nowMs();
    for (const { uid } of presence.members(nowMs)) this.#add(uid, presence.visitor(uid, nowMs)!);
    const saved = this.#saved.then(() => this.#save());
    await settleWithin(STOP_TIMEOUT_MS, saved, timers);
    store.close();
  }

  async #load(): Promise<void> {
    const { presence, store, settings, clock } = this.#dependencies;
    try {
      const offsetMs = clock.wallMs() - clock.nowMs();
      for (const { uid, lastSeenMs, lastActivityMs } of await store.load(settings.maxLastSeen)) {
        const seen = { lastSeenMs: lastSeenMs - offsetMs, lastActivityMs: lastActivityMs - offsetMs };
        presence.restoreLastSeen(uid, seen, clock.nowMs());
      }
    } catch (error) {
      this.#report(error);
    }
  }

  async #save(): Promise<void> {
    const { store, settings, clock } = this.#dependencies;
    if (this.#pending.size === 0) return;
    const pending = this.#pending;
    this.#pending = new Map();
    const offsetMs = clock.wallMs() - clock.nowMs();
    const seen: StoredLastSeen[] = [];
    const forgotten: string[] = [];
    for (const [uid, each] of pending) {
      if (each === undefined) forgotten.push(uid);
      else seen.push({ uid, lastSeenMs: each.lastSeenMs + offsetMs, lastActivityMs: each.lastActivityMs + offsetMs });
    }
    try {
      await store.save(seen, forgotten, clock.wallMs() - settings.lastSeenKeptMs, settings.maxLastSeen);
      this.#hasFailed = false;
    } catch (error) {
      const later = this.#pending;
      this.#pending = pending;
      for (const [uid, each] of later) this.#add(uid, each);
      this.#report(error);
    }
  }

  #add(uid: string, seen: LastSeen | undefined): void {
    this.#pending.delete(uid);
    this.#pending.set(uid, seen);
    if (this.#pending.size > this.#dependencies.settings.maxLastSeen) {
      this.#pending.delete(this.#pending.keys().next().value!);
    }
  }

  #report(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const problem = error instanceof Error ? error.message : String(error);
    this.#dependencies.log.warn('When visitors were last here cannot be kept in Redis; it is retried.', { problem });
  }
}
