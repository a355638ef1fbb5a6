import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { Replica } from '../presence/replica.js';
import type { Hit, Leave, Refusal } from '../presence/types.js';
import type { Operation } from '../presence/visitor-state.js';
import type { Timers } from '../timers.js';
import { measureOffsetMs } from './clock-offset.js';
import { Outbox } from './outbox.js';
import { ReplicationStats } from './replication-stats.js';
import { addedMs, compareIds, FIRST_ID, type LogEntry, type LogSession, type OpenLog } from './shared-log.js';
import { decodeBatch, encodeBatch } from './wire.js';

/** What a replicator works with. */
export interface ReplicatorDependencies {
  readonly replica: Replica;
  /** Names this process in the log. */
  readonly origin: string;
  readonly open: OpenLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly log: Log;
  readonly settings: ReplicationSettings;
}

/** How often, how far back and how much. */
export interface ReplicationSettings {
  /** What was taken is told at least this often, and what others told is heard at most this often. */
  readonly periodMs: number;
  /** What is older can matter to nobody. */
  readonly horizonMs: number;
  /** How many operations wait at most while the log cannot be reached. */
  readonly maxWaiting: number;
}

const WAIT_MS = 2000;
const MEASURE_EVERY_MS = 30_000;
const LONGEST_BACK_OFF_MS = 2000;
const LAST_WORDS_MS = 1000;
const FORGET_EVERY_MS = 5000;

/**
 * Shares presence with other processes by a log: tells it what this one takes, and hears from it what the others have.
 * Without the log it goes on alone, tries again, and makes up for what was missed.
 */
export class Replicator {
  readonly stats = new ReplicationStats();
  readonly #dependencies: ReplicatorDependencies;
  readonly #outbox: Outbox;
  #offsetMs = 0;
  #cursor = FIRST_ID;
  #serverId: string | undefined;
  #told = 0;
  #session: LogSession | undefined;
  #isStopping = false;
  #wake = () => {};
  #problem: string | undefined;
  /** When the oldest entry was added that was there at the first reading, on this process's clock. */
  #oldestMs: number | undefined;

  constructor(dependencies: ReplicatorDependencies) {
    this.#dependencies = dependencies;
    this.#outbox = new Outbox(dependencies.settings.maxWaiting);
  }

  /** Takes a heartbeat of this process's own. */
  hit(hit: Hit, nowMs: number): Refusal | undefined {
    const operation = this.#dependencies.replica.hit(hit, nowMs);
    if (typeof operation === 'string') return operation;
    this.#outbox.add(operation);
    return undefined;
  }

  /** Takes a goodbye of this process's own. */
  leave(leave: Leave, nowMs: number): void {
    const operation = this.#dependencies.replica.leave(leave, nowMs);
    if (operation !== undefined) this.#outbox.add(operation);
  }

  /** How many operations wait to be told, and how many had to be given up. */
  get waiting(): { readonly size: number; readonly dropped: number } {
    return this.#outbox;
  }

  /** What is wrong with the log, in a sentence; undefined while it is followed. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** From when on everybody who beat has been heard of, on this process's clock; undefined when the log told nothing. */
  get heardSinceMs(): number | undefined {
    return this.#oldestMs;
  }

  /**
   * Begins, and goes on until stopped. Resolves when everything that the log has was read, or when the first attempt has
   * failed: `problem` tells which.
   */
  start(): Promise<void> {
    const { timers, replica, clock } = this.#dependencies;
    // Also while there is no log: who has gone must not take up the room of those who come.
    timers.every(FORGET_EVERY_MS, () => replica.forget(clock.nowMs()));
    return new Promise((resolve) => {
      void this.#run(resolve);
    });
  }

  /** Tells what is left to tell, for at most a second, and leaves the log. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const session = this.#session;
    if (session === undefined) return;
    const { timers } = this.#dependencies;
    const late = new Promise<void>((resolve) => timers.after(LAST_WORDS_MS, resolve));
    await Promise.race([this.#tell(session).catch((error) => this.#note(error)), late]);
    session.close();
    this.#wake();
  }

  async #run(onFirst: () => void): Promise<void> {
    const { log, random } = this.#dependencies;
    for (let failures = 0; !this.#isStopping; ) {
      try {
        this.#session = await this.#dependencies.open();
        await this.#catchUp(this.#session);
        failures = 0;
        this.stats.connections++;
        this.#problem = undefined;
        log.info('Presence is shared through Redis.');
        onFirst();
        await this.#follow(this.#session);
      } catch (error) {
        if (!this.#isStopping) this.#note(error);
        failures++;
      }
      this.#session?.close();
      this.#session = undefined;
      onFirst();
      const backOffMs = Math.min(LONGEST_BACK_OFF_MS, 100 * 2 ** Math.min(failures, 5));
      if (!this.#isStopping) await this.#pause(backOffMs * (0.5 + random() / 2));
    }
  }

  /** One line for each problem, not for each attempt. */
  #note(error: unknown): void {
    const problem = describe(error);
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#dependencies.log.error('Presence is not shared: Redis cannot be used. Serving alone and trying again.', {
      problem,
    });
  }

  async #catchUp(session: LogSession): Promise<void> {
    const { clock, replica } = this.#dependencies;
    this.#offsetMs = await measureOffsetMs(session, clock);
    const serverId = await session.serverId();
    const newestId = await session.newestId();
    const isBehind = compareIds(newestId, this.#cursor) < 0;
    if (isBehind) this.#cursor = FIRST_ID;
    const mayHaveForgotten = this.#serverId !== undefined && (isBehind || serverId !== this.#serverId);
    this.#serverId = serverId;
    // Whatever the log has lost, somebody still knows.
    if (mayHaveForgotten) for (const operation of replica.operations()) this.#outbox.add(operation);
    // It also shows whether writing is allowed, before anybody relies on it.
    await this.#append(session, this.#outbox.takeAll());
    for (;;) {
      const entries = await session.read(this.#cursor, 0);
      const [first] = entries;
      if (first === undefined) return;
      this.#oldestMs ??= addedMs(first.id) - this.#offsetMs;
      for (const entry of entries) await this.#take(entry);
    }
  }

  /** Tells and hears until one of them fails or it is stopped. */
  async #follow(session: LogSession): Promise<void> {
    await Promise.all([this.#keepTelling(session), this.#keepHearing(session)]);
  }

  /** What is left of an earlier session must not go on beside the next one. */
  #isFollowing(session: LogSession): boolean {
    return !this.#isStopping && this.#session === session;
  }

  async #keepTelling(session: LogSession): Promise<void> {
    const { clock, settings } = this.#dependencies;
    let measuredMs = clock.nowMs();
    while (this.#isFollowing(session)) {
      await this.#pause(settings.periodMs);
      if (!this.#isFollowing(session)) return;
      await this.#tell(session);
      if (clock.nowMs() - measuredMs < MEASURE_EVERY_MS) continue;
      this.#offsetMs = await measureOffsetMs(session, clock);
      measuredMs = clock.nowMs();
    }
  }

  async #keepHearing(session: LogSession): Promise<void> {
    const { settings, timers } = this.#dependencies;
    while (this.#isFollowing(session)) {
      const entries = await session.read(this.#cursor, WAIT_MS);
      for (const entry of entries) await this.#take(entry, this.stats);
      // Several entries at once are cheaper than one at a time.
      if (entries.length > 0) await new Promise<void>((resolve) => timers.after(settings.periodMs, resolve));
    }
  }

  async #tell(session: LogSession): Promise<void> {
    const operations = this.#outbox.takeAll();
    if (operations.length > 0) await this.#append(session, operations);
  }

  async #append(session: LogSession, operations: readonly Operation[]): Promise<void> {
    const { origin, clock, settings } = this.#dependencies;
    try {
      const fields = encodeBatch({ origin, number: this.#told, operations }, this.#offsetMs);
      await session.append(fields, clock.nowMs() + this.#offsetMs - settings.horizonMs);
    } catch (error) {
      this.#outbox.putBack(operations);
      throw error;
    }
    this.#told += operations.length;
    this.stats.told += operations.length;
  }

  async #take({ id, fields }: LogEntry, stats?: ReplicationStats): Promise<void> {
    const { origin, replica, clock } = this.#dependencies;
    this.#cursor = id;
    const batch = decodeBatch(fields, this.#offsetMs);
    if (batch === undefined) this.stats.unreadable++;
    if (batch === undefined || batch.origin === origin) return;
    for (const operations of batch.parts) {
      for (const operation of operations) {
        if (operation === undefined) {
          this.stats.unreadable++;
        } else {
          stats?.observeLag(clock.nowMs() - operation.atMs);
          this.stats.heard++;
          if (replica.merge(operation, clock.nowMs()) !== undefined) this.stats.refused++;
        }
      }
      // A thousand operations at a time, so that requests and ticks come in between.
      await new Promise(setImmediate);
    }
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#dependencies.timers.after(durationMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/^READONLY/.test(text)) return 'the server is a read-only replica; give REDIS_URL the address of the primary';
  if (/WRONGPASS|NOAUTH|invalid password/i.test(text)) return `the password is wrong or missing (${text})`;
  return text === '' ? String((error as { code?: unknown }).code ?? 'unknown') : text;
}
