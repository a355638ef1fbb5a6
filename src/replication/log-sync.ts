import type { Clock } from '../runtime/clock.js';
import type { Timers } from '../runtime/timers.js';
import { measureOffsetMs } from './clock-offset.js';
import { addedMs, compareIds, FIRST_ID, type LogEntry, type LogSession } from './log/shared-log.js';
import { decodeBatch, encodeBatch } from './operation-codec.js';
import { Outbox } from './outbox.js';
import { Pause } from './pause.js';
import type { Replica } from './replica.js';
import { ReplicationCounters } from './replication-counters.js';
import type { Operation } from './visitor-state.js';

/** What an exchange works with. */
export interface LogSyncDependencies {
  readonly replica: Replica;
  /** Names this process in the log. */
  readonly origin: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly settings: LogSyncSettings;
}

/** How often, how far back and how much. */
export interface LogSyncSettings {
  /** What was taken is told at least this often, and what others told is heard at most this often. */
  readonly periodMs: number;
  /** What is older can matter to nobody. */
  readonly horizonMs: number;
  /** How many operations wait at most while the log cannot be reached. */
  readonly maxWaiting: number;
}

const WAIT_MS = 2000;
const MEASURE_EVERY_MS = 30_000;

/** Tells a log what this process has taken, and takes from it what the others have; over one session after another. */
export class LogSync {
  readonly counters = new ReplicationCounters();
  /** What waits to be told. */
  readonly outbox: Outbox;
  readonly #dependencies: LogSyncDependencies;
  readonly #pause: Pause;
  #offsetMs = 0;
  #cursor = FIRST_ID;
  #serverId: string | undefined;
  #told = 0;
  #oldestMs: number | undefined;
  /** What is being told just now. Never rejects. */
  #telling: Promise<void> = Promise.resolve();

  constructor(dependencies: LogSyncDependencies) {
    this.#dependencies = dependencies;
    this.outbox = new Outbox(dependencies.settings.maxWaiting);
    this.#pause = new Pause(dependencies.timers);
  }

  /** When the oldest entry was added that was there at the first reading, on this process's clock. */
  get oldestMs(): number | undefined {
    return this.#oldestMs;
  }

  /** Tells all that waits, and hears all that is there. */
  async catchUp(session: LogSession): Promise<void> {
    const { clock, replica } = this.#dependencies;
    this.#offsetMs = await measureOffsetMs(session, clock);
    const serverId = await session.serverId();
    const newestId = await session.newestId();
    const isBehind = compareIds(newestId, this.#cursor) < 0;
    if (isBehind) this.#cursor = FIRST_ID;
    const mayHaveForgotten = this.#serverId !== undefined && (isBehind || serverId !== this.#serverId);
    this.#serverId = serverId;
    // Whatever the log has lost, somebody still knows.
    if (mayHaveForgotten) for (const operation of replica.operations()) this.outbox.add(operation);
    // It also shows whether writing is allowed, before anybody relies on it.
    await this.#append(session, this.outbox.takeAll());
    for (;;) {
      const entries = await session.read(this.#cursor, 0);
      const [first] = entries;
      if (first === undefined) return;
      this.#oldestMs ??= addedMs(first.id) - this.#offsetMs;
      for (const entry of entries) await this.#take(entry);
    }
  }

  /** Tells and hears until one of them fails, or `isOver` says so. */
  async follow(session: LogSession, isOver: () => boolean): Promise<void> {
    await Promise.all([this.#keepTelling(session, isOver), this.#keepHearing(session, isOver)]);
  }

  /** Tells the last of it: what is being told just now, and what waits. */
  async finish(session: LogSession): Promise<void> {
    await this.#telling;
    await this.#tell(session);
  }

  /** Does not wait for the next period any longer. */
  wake(): void {
    this.#pause.end();
  }

  async #keepTelling(session: LogSession, isOver: () => boolean): Promise<void> {
    const { clock, settings } = this.#dependencies;
    let measuredMs = clock.nowMs();
    while (!isOver()) {
      await this.#pause.wait(settings.periodMs);
      if (isOver()) return;
      await this.#tell(session);
      if (clock.nowMs() - measuredMs < MEASURE_EVERY_MS) continue;
      this.#offsetMs = await measureOffsetMs(session, clock);
      measuredMs = clock.nowMs();
    }
  }

  async #keepHearing(session: LogSession, isOver: () => boolean): Promise<void> {
    const { settings, timers } = this.#dependencies;
    while (!isOver()) {
      const entries = await session.read(this.#cursor, WAIT_MS);
      for (const entry of entries) await this.#take(entry, this.counters);
      // Several entries at once are cheaper than one at a time.
      if (entries.length > 0) await new Promise<void>((resolve) => timers.after(settings.periodMs, resolve));
    }
  }

  async #tell(session: LogSession): Promise<void> {
    const operations = this.outbox.takeAll();
    if (operations.length > 0) await this.#append(session, operations);
  }

  #append(session: LogSession, operations: readonly Operation[]): Promise<void> {
    const telling = this.#appendNow(session, operations);
    this.#telling = telling.catch(() => {});
    return telling;
  }

  async #appendNow(session: LogSession, operations: readonly Operation[]): Promise<void> {
    const { origin, clock, settings } = this.#dependencies;
    try {
      const fields = encodeBatch({ origin, number: this.#told, operations }, this.#offsetMs);
      await session.append(fields, clock.nowMs() + this.#offsetMs - settings.horizonMs);
    } catch (error) {
      this.outbox.putBack(operations);
      throw error;
    }
    this.#told += operations.length;
    this.counters.published += operations.length;
  }

  async #take({ id, fields }: LogEntry, counters?: ReplicationCounters): Promise<void> {
    const { origin, replica, clock } = this.#dependencies;
    this.#cursor = id;
    const batch = decodeBatch(fields, this.#offsetMs);
    if (batch === undefined) this.counters.unreadable++;
    if (batch === undefined || batch.origin === origin) return;
    for (const operations of batch.parts) {
      for (const operation of operations) {
        if (operation === undefined) {
          this.counters.unreadable++;
        } else {
          counters?.observeLag(clock.nowMs() - operation.atMs);
          this.counters.received++;
          if (replica.merge(operation, clock.nowMs()) !== undefined) this.counters.refused++;
        }
      }
      // A thousand operations at a time, so that requests and ticks come in between.
      await new Promise(setImmediate);
    }
  }
}
