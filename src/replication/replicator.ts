import type { Refusal } from '../presence/types.js';
import type { Hit, Leave } from '../protocol/heartbeat.js';
import type { Log } from '../runtime/log.js';
import { describeProblem } from './log/problem.js';
import type { LogSession, OpenLog } from './log/shared-log.js';
import { LogSync, type LogSyncDependencies } from './log-sync.js';
import { Pause } from './pause.js';
import type { ReplicationCounters } from './replication-counters.js';

/** What a replicator works with. */
export interface ReplicatorDependencies extends LogSyncDependencies {
  readonly open: OpenLog;
  readonly random: () => number;
  readonly log: Log;
}

const LONGEST_BACK_OFF_MS = 2000;
const LAST_WORDS_MS = 1000;
const FORGET_EVERY_MS = 5000;

/**
 * Shares presence with other processes by a log: tells it what this one takes, and hears from it what the others have.
 * Without the log it goes on alone, tries again, and makes up for what was missed.
 */
export class Replicator {
  readonly #dependencies: ReplicatorDependencies;
  readonly #sync: LogSync;
  readonly #pause: Pause;
  #session: LogSession | undefined;
  #isStopping = false;
  #problem: string | undefined;

  constructor(dependencies: ReplicatorDependencies) {
    this.#dependencies = dependencies;
    this.#sync = new LogSync(dependencies);
    this.#pause = new Pause(dependencies.timers);
  }

  /** Takes a heartbeat of this process's own. */
  hit(hit: Hit, nowMs: number): Refusal | undefined {
    const operation = this.#dependencies.replica.hit(hit, nowMs);
    if (typeof operation === 'string') return operation;
    this.#sync.outbox.add(operation);
    return undefined;
  }

  /** Takes a goodbye of this process's own. */
  leave(leave: Leave, nowMs: number): void {
    const operation = this.#dependencies.replica.leave(leave, nowMs);
    if (operation !== undefined) this.#sync.outbox.add(operation);
  }

  /** What it has cost and brought. */
  get counters(): ReplicationCounters {
    return this.#sync.counters;
  }

  /** How many operations wait to be told, and how many had to be given up. */
  get outbox(): { readonly size: number; readonly dropped: number } {
    return this.#sync.outbox;
  }

  /** What is wrong with the log, in a sentence; undefined while it is followed. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** From when on everybody who beat has been heard of, on this process's clock; undefined when the log told nothing. */
  get completeSinceMs(): number | undefined {
    return this.#sync.oldestMs;
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
    this.#pause.end();
    const session = this.#session;
    if (session === undefined) return;
    const { timers } = this.#dependencies;
    const late = new Promise<void>((resolve) => timers.after(LAST_WORDS_MS, resolve));
    await Promise.race([this.#sync.finish(session).catch((error) => this.#note(error)), late]);
    session.close();
    this.#sync.wake();
  }

  async #run(onFirst: () => void): Promise<void> {
    const { open, replica, clock, log, random } = this.#dependencies;
    for (let failures = 0; !this.#isStopping; ) {
      try {
        const session = await open();
        this.#session = session;
        await this.#sync.catchUp(session);
        failures = 0;
        this.counters.connections++;
        this.#problem = undefined;
        log.info('Presence is shared through Redis.');
        onFirst();
        await inTurns(replica.regain(clock.nowMs));
        // What is left of an earlier session must not go on beside the next one.
        await this.#sync.follow(session, () => this.#isStopping || this.#session !== session);
      } catch (error) {
        if (!this.#isStopping) this.#note(error);
        failures++;
      }
      this.#session?.close();
      this.#session = undefined;
      onFirst();
      if (this.#isStopping) return;
      if (failures === 1) await inTurns(replica.lose(clock.nowMs));
      const backOffMs = Math.min(LONGEST_BACK_OFF_MS, 100 * 2 ** Math.min(failures, 5));
      await this.#pause.wait(backOffMs * (0.5 + random() / 2));
    }
  }

  /** One line for each problem, not for each attempt. */
  #note(error: unknown): void {
    const problem = describeProblem(error);
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#dependencies.log.error('Presence is not shared: Redis cannot be used. Serving alone and trying again.', {
      problem,
    });
  }
}

/** Takes all the steps, with requests and ticks in between. */
async function inTurns(steps: Iterable<void>): Promise<void> {
  for (const _ of steps) await new Promise(setImmediate);
}
