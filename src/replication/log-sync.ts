import type { Clock } from '../runtime/clock.js';
import type { Timers } from '../runtime/timers.js';
import { measureOffsetMs } from './clock-offset.js';
import { OtherInstances } from './instances.js';
import { addedMs, FIRST_ID, type LogConnection, type LogEntry } from './log/shared-log.js';
import { LossDetector } from './loss-detector.js';
import { decodeBatch, encodeBatch } from './operation-codec.js';
import type { Operation } from './operations.js';
import { Outbox } from './outbox.js';
import { Pause } from './pause.js';
import type { Replica } from './replica.js';
import { ReplicationCounters } from './replication-counters.js';

/** What synchronization works with. */
export interface LogSyncDependencies {
  readonly replica: Replica;
  /** Identifies this instance in the log. */
  readonly origin: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly settings: LogSyncSettings;
}

/** How synchronization is paced and bounded. */
export interface LogSyncSettings {
  /** The shortest time between two publications of the outbox, and between two reads of the log. */
  readonly periodMs: number;
  /** The longest time that an operation waits which changes nothing that watchers see. */
  readonly maxWaitMs: number;
  /** How old an operation may be and still have an effect; older entries are removed from the log. */
  readonly horizonMs: number;
  /** The most operations in the outbox. */
  readonly maxOutboxOperations: number;
}

/** How long a read waits for an entry. */
const READ_WAIT_MS = 2000;
const MEASURE_EVERY_MS = 30_000;
const CHECK_EVERY_MS = 1000;

/** Publishes the outbox to the log, and merges what other instances publish into the replica. Outlives a connection. */
export class LogSync {
  readonly counters = new ReplicationCounters();
  readonly outbox: Outbox;
  readonly others: OtherInstances;
  readonly #dependencies: LogSyncDependencies;
  readonly #pause: Pause;
  #offsetMs = 0;
  /** The last entry that was received. */
  #cursor = FIRST_ID;
  readonly #lossDetector: LossDetector;
  #publishedCount = 0;
  /** When the last append began. */
  #appendMs = Number.NEGATIVE_INFINITY;
  /** Cancels the publication that an urgent operation has asked for; undefined when there is none. */
  #cancelHurry: (() => void) | undefined;
  #oldestMs: number | undefined;
  /** Settles when the append that is under way has. Never rejects. */
  #appended: Promise<void> = Promise.resolve();

  constructor(dependencies: LogSyncDependencies) {
    this.#dependencies = dependencies;
    this.outbox = new Outbox(dependencies.settings.maxOutboxOperations);
    this.others = new OtherInstances(dependencies.settings.horizonMs);
    this.#pause = new Pause(dependencies.timers);
    this.#lossDetector = new LossDetector(dependencies.settings.horizonMs);
  }

  /** When the oldest entry of the first read was added, by this instance's clock; undefined when the log was empty. */
  get oldestMs(): number | undefined {
    return this.#oldestMs;
  }

  /**
   * Adds an operation to the outbox.
   *
   * @param isUrgent whether it changes what watchers see: then it is published as soon as the period allows
   */
  add(operation: Operation, isUrgent: boolean): void {
    this.outbox.add(operation);
    if (!isUrgent || this.#cancelHurry !== undefined) return;
    const { clock, timers, settings } = this.#dependencies;
    const waitMs = Math.max(0, this.#appendMs + settings.periodMs - clock.nowMs());
    this.#cancelHurry = timers.after(waitMs, () => this.#pause.end());
  }

  /** Publishes the outbox, and receives everything that the log holds. */
  async catchUp(connection: LogConnection): Promise<void> {
    this.#offsetMs = await measureOffsetMs(connection, this.#dependencies.clock);
    // When the server has been replaced, its entries may have earlier positions.
    if (!(await connection.has(this.#cursor))) this.#cursor = FIRST_ID;
    // Twice: the second check is about the newest entry, which an old snapshot or a replica that lags behind lacks.
    await this.#checkForLoss(connection);
    await this.#checkForLoss(connection);
    // An empty outbox is published too: it shows at once whether the log may be written to.
    await this.#append(connection, this.#takeOutbox());
    for (;;) {
      const entries = await connection.read(this.#cursor, 0);
      const [first] = entries;
      if (first === undefined) return;
      this.#oldestMs ??= addedMs(first.id) - this.#offsetMs;
      for (const entry of entries) await this.#receive(entry);
    }
  }

  /** Publishes and receives. Resolves once `isOver` returns true; rejects as soon as either fails. */
  async follow(connection: LogConnection, isOver: () => boolean): Promise<void> {
    await Promise.all([this.#keepPublishing(connection, isOver), this.#keepReceiving(connection, isOver)]);
  }

  /** Publishes the rest: waits for the append that is under way, and publishes the outbox once more. */
  async finish(connection: LogConnection): Promise<void> {
    await this.#appended;
    await this.#publish(connection);
  }

  /** Ends the wait for the next period. */
  wake(): void {
    this.#pause.end();
  }

  async #keepPublishing(connection: LogConnection, isOver: () => boolean): Promise<void> {
    const { clock, settings } = this.#dependencies;
    let measuredMs = clock.nowMs();
    let checkedMs = clock.nowMs();
    while (!isOver()) {
      // What became urgent during the last round trip found no wait to end.
      await this.#pause.wait(this.#cancelHurry === undefined ? settings.maxWaitMs : settings.periodMs);
      if (isOver()) return;
      if (clock.nowMs() - checkedMs >= CHECK_EVERY_MS) {
        checkedMs = clock.nowMs();
        await this.#checkForLoss(connection);
      }
      await this.#publish(connection);
      if (clock.nowMs() - measuredMs < MEASURE_EVERY_MS) continue;
      this.#offsetMs = await measureOffsetMs(connection, clock);
      measuredMs = clock.nowMs();
    }
  }

  async #keepReceiving(connection: LogConnection, isOver: () => boolean): Promise<void> {
    const { settings, timers } = this.#dependencies;
    while (!isOver()) {
      const entries = await connection.read(this.#cursor, READ_WAIT_MS);
      for (const entry of entries) await this.#receive(entry, this.counters);
      // One read of several entries costs less than several reads of one.
      if (entries.length > 0) await new Promise<void>((resolve) => timers.after(settings.periodMs, resolve));
    }
  }

  /** Publishes again what the log has lost: at least one instance still knows it. */
  async #checkForLoss(connection: LogConnection): Promise<void> {
    const { clock, replica } = this.#dependencies;
    if (!(await this.#lossDetector.check(connection, clock.nowMs() + this.#offsetMs))) return;
    this.#cursor = FIRST_ID;
    for (const operation of replica.operations()) this.outbox.add(operation);
  }

  async #publish(connection: LogConnection): Promise<void> {
    const operations = this.#takeOutbox();
    if (operations.length > 0) await this.#append(connection, operations);
  }

  #takeOutbox(): Operation[] {
    this.#cancelHurry?.();
    this.#cancelHurry = undefined;
    return this.outbox.takeAll();
  }

  #append(connection: LogConnection, operations: readonly Operation[]): Promise<void> {
    this.#appendMs = this.#dependencies.clock.nowMs();
    const appending = this.#appendNow(connection, operations);
    this.#appended = appending.catch(() => {});
    return appending;
  }

  async #appendNow(connection: LogConnection, operations: readonly Operation[]): Promise<void> {
    const { origin, clock, settings } = this.#dependencies;
    try {
      const fields = encodeBatch({ origin, number: this.#publishedCount, operations }, this.#offsetMs);
      const trimBeforeMs = clock.nowMs() + this.#offsetMs - settings.horizonMs;
      this.#lossDetector.see(await connection.append(fields, trimBeforeMs));
    } catch (error) {
      this.outbox.putBack(operations);
      throw error;
    }
    this.#publishedCount += operations.length;
    this.counters.published += operations.length;
  }

  /** @param lagCounters undefined while catching up, when the age of an operation is not the log's lag */
  async #receive({ id, fields }: LogEntry, lagCounters?: ReplicationCounters): Promise<void> {
    const { origin, replica, clock } = this.#dependencies;
    this.#cursor = id;
    this.#lossDetector.see(id);
    const batch = decodeBatch(fields, this.#offsetMs);
    if (batch === undefined) this.counters.unreadable++;
    if (batch === undefined || batch.origin === origin) return;
    // Not while catching up: an instance of a minute ago may have been replaced.
    if (lagCounters !== undefined) this.others.see(batch.origin, clock.nowMs());
    for (const operations of batch.parts) {
      for (const operation of operations) {
        if (operation === undefined) {
          this.counters.unreadable++;
        } else {
          lagCounters?.observeLag(clock.nowMs() - operation.atMs);
          this.counters.received++;
          if (replica.merge(operation, clock.nowMs()) !== undefined) this.counters.refused++;
        }
      }
      // Lets requests and ticks run between two parts of a thousand operations.
      await new Promise(setImmediate);
    }
  }
}
