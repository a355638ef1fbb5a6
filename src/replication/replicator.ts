import type { Presence } from '../presence/presence.js';
import type { Refusal } from '../presence/types.js';
import type { Hit, Leave } from '../protocol/heartbeat.js';
import { backOffMs } from '../runtime/back-off.js';
import type { Log } from '../runtime/log.js';
import { settleWithin } from '../runtime/settle-within.js';
import { describeProblem } from './log/problem.js';
import type { LogConnection, OpenLog } from './log/shared-log.js';
import { LogSync, type LogSyncDependencies } from './log-sync.js';
import { Pause } from './pause.js';
import type { ReplicationCounters } from './replication-counters.js';

/** What a replicator works with. */
export interface ReplicatorDependencies extends LogSyncDependencies {
  /** What the replica writes to. */
  readonly presence: Pick<Presence, 'changeCount'>;
  readonly open: OpenLog;
  /** A number from 0 up to but not including 1. */
  readonly random: () => number;
  readonly log: Log;
}

const BACK_OFF = { firstMs: 200, maxMs: 2000 };
/**
 * A connection that lasts this long starts the back-off anew. A server or proxy that accepts connections and cuts them
 * would otherwise be tried many times per second.
 */
const SETTLED_AFTER_MS = 30_000;
/** After more connections that broke before, the state is "shared" again only when one has settled. */
const MAX_SHORT_CONNECTIONS = 1;
/** How many different problems are logged until presence is shared again. */
const MAX_REPORTED = 5;
const STOP_TIMEOUT_MS = 1000;
const HOUSEKEEPING_EVERY_MS = 5000;

/**
 * Shares presence with other instances through a log: publishes what this one takes, and receives what the others
 * publish. Without the log it works alone, reconnects, and then makes up for what was missed.
 */
export class Replicator {
  readonly #dependencies: ReplicatorDependencies;
  readonly #sync: LogSync;
  readonly #pause: Pause;
  #connection: LogConnection | undefined;
  #isStopping = false;
  #problem: string | undefined;
  /** Changes only when it lasts: a connection that breaks soon after several such is no change. */
  #state: 'starting' | 'shared' | 'lost' = 'starting';
  /** The problems that were logged since presence was last shared. */
  readonly #reported = new Set<string>();

  constructor(dependencies: ReplicatorDependencies) {
    this.#dependencies = dependencies;
    this.#sync = new LogSync(dependencies);
    this.#pause = new Pause(dependencies.timers);
  }

  /** As `Presence.hit`. */
  hit(hit: Hit, nowMs: number): Refusal | undefined {
    const { replica, presence } = this.#dependencies;
    const { changeCount } = presence;
    const operation = replica.hit(hit, nowMs);
    if (typeof operation === 'string') return operation;
    this.#sync.add(operation, presence.changeCount > changeCount);
    return undefined;
  }

  /** As `Presence.leave`. */
  leave(leave: Leave, nowMs: number): void {
    const { replica, presence } = this.#dependencies;
    const { changeCount } = presence;
    const operation = replica.leave(leave, nowMs);
    if (operation !== undefined) this.#sync.add(operation, presence.changeCount > changeCount);
  }

  /** As `Presence.erase`. */
  erase(uid: string, nowMs: number): void {
    this.#sync.outbox.add(this.#dependencies.replica.erase(uid, nowMs));
  }

  /** What was published and received so far. */
  get counters(): ReplicationCounters {
    return this.#sync.counters;
  }

  /** How many other instances have published within about one online window. */
  get otherInstances(): number {
    return this.#sync.others.count(this.#dependencies.clock.nowMs());
  }

  /** How many operations wait to be published, and how many were dropped. */
  get outbox(): { readonly size: number; readonly dropped: number } {
    return this.#sync.outbox;
  }

  /** Why presence is not shared, in a sentence for an operator; undefined while it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * From when on the log holds all heartbeats, by this instance's clock; undefined when it was empty, or has not been
   * read yet.
   */
  get completeSinceMs(): number | undefined {
    return this.#sync.oldestMs;
  }

  /**
   * Starts sharing, and reconnects until stopped. Resolves when everything that the log holds has been received, or when
   * the first attempt has failed; `problem` says which.
   */
  start(): Promise<void> {
    const { timers, replica, clock } = this.#dependencies;
    // Also while there is no log: timelines of offline visitors would use up the capacity.
    timers.every(HOUSEKEEPING_EVERY_MS, () => {
      replica.forget(clock.nowMs());
      void runSteps(replica.finishGrace(clock.nowMs));
    });
    return new Promise((resolve) => {
      void this.#run(resolve);
    });
  }

  /** Publishes the rest, for a second at most, and disconnects. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#pause.end();
    const connection = this.#connection;
    if (connection === undefined) return;
    const { timers } = this.#dependencies;
    const finished = this.#sync.finish(connection).catch((error) => this.#report(error));
    await settleWithin(STOP_TIMEOUT_MS, finished, timers);
    connection.close();
    this.#sync.wake();
  }

  /** @param onFirstAttempt called once the first attempt has succeeded or failed, and perhaps again */
  async #run(onFirstAttempt: () => void): Promise<void> {
    const { open, replica, clock, timers, random } = this.#dependencies;
    let failures = 0;
    let shortConnections = 0;
    while (!this.#isStopping) {
      let isShort = false;
      let cancelSettling = () => {};
      try {
        const connection = await open();
        this.#connection = connection;
        await this.#sync.catchUp(connection);
        this.counters.connections++;
        this.#problem = undefined;
        onFirstAttempt();
        isShort = true;
        cancelSettling = timers.after(SETTLED_AFTER_MS, () => {
          isShort = false;
          failures = 0;
          shortConnections = 0;
          void this.#enterShared();
        });
        if (shortConnections <= MAX_SHORT_CONNECTIONS) await this.#enterShared();
        // When one of the two loops has failed, the other one must not go on beside those of the next connection.
        await this.#sync.follow(connection, () => this.#isStopping || this.#connection !== connection);
      } catch (error) {
        if (!this.#isStopping) this.#report(error);
      }
      cancelSettling();
      this.#connection?.close();
      this.#connection = undefined;
      onFirstAttempt();
      if (this.#isStopping) return;
      failures++;
      if (isShort) shortConnections++;
      if (this.#state !== 'lost') {
        this.#state = 'lost';
        await runSteps(replica.pauseExpiry(clock.nowMs));
      }
      await this.#pause.wait(backOffMs(BACK_OFF, failures, random));
    }
  }

  async #enterShared(): Promise<void> {
    if (this.#state === 'shared') return;
    this.#state = 'shared';
    this.#reported.clear();
    const { log, replica, clock } = this.#dependencies;
    log.info('Presence is shared through Redis.');
    await runSteps(replica.resumeExpiry(clock.nowMs));
  }

  /** Logs each problem once, not once per attempt: attempts may fail in turns for a few reasons. */
  #report(error: unknown): void {
    const problem = describeProblem(error);
    this.#problem = problem;
    if (this.#reported.has(problem) || this.#reported.size >= MAX_REPORTED) return;
    this.#reported.add(problem);
    this.#dependencies.log.error(
      'Presence is not shared: Redis cannot be used. This instance works alone and keeps trying to reconnect.',
      { problem },
    );
  }
}

/** Lets requests and ticks run between the steps. */
async function runSteps(steps: Iterable<void>): Promise<void> {
  for (const _ of steps) await new Promise(setImmediate);
}
