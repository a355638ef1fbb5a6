import type { Refusal } from '../../presence/types.js';
import type { Hit, Leave } from '../../protocol/heartbeat.js';
import { encodeBatch } from '../operation-codec.js';
import type { Operation } from '../operations.js';
import { Follower } from './follower.js';
import { type CompleteLine, HANDOVER_VERSION, type HeaderLine, lineOf } from './lines.js';
import { historyLines, lastSeenLines, type StateLinesDependencies, visitorLines } from './state-lines.js';

/** What a source works with. */
export interface HandoverSourceDependencies extends StateLinesDependencies {
  /** Identifies this process. */
  readonly processId: string;
  /** Called for each heartbeat that is taken. */
  readonly onHeartbeat: (nowMs: number) => void;
}

/** One handover. */
export interface Handover {
  /** Parts of the answer, each of one line. */
  readonly lines: AsyncGenerator<string>;
  /** Ends it early. No effect when it has ended. */
  end(): void;
}

/** What a handover contains. */
export interface HandoverOptions {
  /** Whether heartbeats and leaves follow the state of all visitors. */
  readonly follows: boolean;
  /** Whether it has the counts of the last hour and no visitors. */
  readonly isHistoryOnly: boolean;
}

/** Beyond, the oldest one ends for a new one: what a client that does not read costs is bounded. */
const MAX_HANDOVERS = 4;

/**
 * The tracker of a process that may be replaced. Gives its successor the state of all visitors and then, until the
 * heartbeats go to the successor, every heartbeat and leave that it takes.
 */
export class HandoverSource {
  readonly #dependencies: HandoverSourceDependencies;
  /** Oldest first. */
  readonly #followers = new Set<Follower>();
  #number = 0;
  #hasSuccessor = false;

  constructor(dependencies: HandoverSourceDependencies) {
    this.#dependencies = dependencies;
  }

  /** Whether another process has taken over the state. */
  get hasSuccessor(): boolean {
    return this.#hasSuccessor;
  }

  /** As `Presence.hit`. */
  hit(hit: Hit, nowMs: number): Refusal | undefined {
    const { presence, onHeartbeat } = this.#dependencies;
    const wasVisible = this.#followers.size > 0 && this.#isVisible(hit.uid, nowMs);
    const refusal = presence.hit(hit, nowMs);
    if (refusal !== undefined) return refusal;
    onHeartbeat(nowMs);
    if (this.#followers.size === 0) return undefined;
    const stamp = this.#stamp(nowMs);
    if (this.#isVisible(hit.uid, nowMs))
      this.#publish({ ...hit, ...stamp, kind: 'hit', onlineSinceMs: nowMs, carried: undefined });
    // What watchers see of a visitor who becomes invisible is that it leaves.
    else if (wasVisible) this.#publish({ uid: hit.uid, ...stamp, kind: 'leave' });
    return undefined;
  }

  /** As `Presence.leave`. */
  leave(leave: Leave, nowMs: number): void {
    const isVisible = this.#followers.size > 0 && this.#isVisible(leave.uid, nowMs);
    this.#dependencies.presence.leave(leave, nowMs);
    if (isVisible) this.#publish({ ...leave, ...this.#stamp(nowMs), kind: 'leave' });
  }

  /** As `Presence.erase`. */
  erase(uid: string, nowMs: number): void {
    this.#dependencies.presence.erase(uid);
    this.#publish({ uid, ...this.#stamp(nowMs), kind: 'erase' });
  }

  handOver({ follows, isHistoryOnly }: HandoverOptions): Handover {
    const follower = new Follower(follows && !isHistoryOnly);
    this.#followers.add(follower);
    if (this.#followers.size > MAX_HANDOVERS) this.#end(this.#followers.values().next().value!);
    const lines = isHistoryOnly ? this.#historyOnly(follower) : this.#lines(follower, follows);
    return { lines, end: () => this.#end(follower) };
  }

  /** Ends all handovers. */
  endAll(): void {
    for (const follower of this.#followers) this.#end(follower);
  }

  async *#lines(follower: Follower, follows: boolean): AsyncGenerator<string> {
    const state = this.#dependencies;
    const { clock, processId } = state;
    const baseMs = clock.nowMs();
    try {
      yield lineOf({ handover: HANDOVER_VERSION, process: processId } satisfies HeaderLine);
      for (const lines of [visitorLines(state, baseMs), lastSeenLines(state, baseMs), historyLines(state)]) {
        for (const line of lines) {
          if (follower.isEnded) return;
          yield line;
          // Lets requests and ticks run between two lines.
          await new Promise(setImmediate);
        }
      }
      yield lineOf({ complete: true } satisfies CompleteLine);
      this.#hasSuccessor = true;
      if (!follows) return;
      for (let operations = await follower.take(); operations !== undefined; operations = await follower.take()) {
        const number = operations[0]!.number;
        yield lineOf(encodeBatch({ origin: processId, number, operations }, -baseMs));
      }
    } finally {
      this.#end(follower);
    }
  }

  /** Makes nobody a successor: the visitors come from elsewhere. */
  async *#historyOnly(follower: Follower): AsyncGenerator<string> {
    try {
      yield lineOf({ handover: HANDOVER_VERSION, process: this.#dependencies.processId } satisfies HeaderLine);
      for (const line of historyLines(this.#dependencies)) {
        if (follower.isEnded) return;
        yield line;
      }
      yield lineOf({ complete: true } satisfies CompleteLine);
    } finally {
      this.#end(follower);
    }
  }

  #isVisible(uid: string, nowMs: number): boolean {
    const { presence, isPublic } = this.#dependencies;
    return !isPublic || presence.status(uid, nowMs) !== 'offline';
  }

  #stamp(atMs: number): { atMs: number; origin: string; number: number } {
    return { atMs, origin: this.#dependencies.processId, number: ++this.#number };
  }

  #publish(operation: Operation): void {
    for (const follower of this.#followers) if (!follower.add(operation)) this.#end(follower);
  }

  #end(follower: Follower): void {
    this.#followers.delete(follower);
    follower.end();
  }
}
