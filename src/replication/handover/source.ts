import type { Presence } from '../../presence/presence.js';
import type { Refusal } from '../../presence/types.js';
import type { Hit, Leave } from '../../protocol/heartbeat.js';
import type { Clock } from '../../runtime/clock.js';
import { encodeBatch } from '../operation-codec.js';
import type { Operation } from '../operations.js';
import { Follower } from './follower.js';
import { type CompleteLine, HANDOVER_VERSION, type HeaderLine, type LastSeenLine } from './lines.js';
import { encodeLastSeen, encodeVisitor, type LastSeenRow, type VisitorRow } from './visitor-codec.js';

/** What a source works with. */
export interface HandoverSourceDependencies {
  readonly presence: Presence;
  readonly clock: Clock;
  /** Identifies this process. */
  readonly processId: string;
  /** Whether strangers may read the handover. Then it says nothing of visitors who are invisible to watchers. */
  readonly isPublic: boolean;
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

/** Beyond, the oldest one ends for a new one: what a client that does not read costs is bounded. */
const MAX_HANDOVERS = 4;
const VISITORS_PER_LINE = 500;
const LINE_LENGTH = 65_536;

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

  /** @param follows whether heartbeats and leaves follow the state of all visitors */
  handOver(follows: boolean): Handover {
    const follower = new Follower(follows);
    this.#followers.add(follower);
    if (this.#followers.size > MAX_HANDOVERS) this.#end(this.#followers.values().next().value!);
    return { lines: this.#lines(follower, follows), end: () => this.#end(follower) };
  }

  /** Ends all handovers. */
  endAll(): void {
    for (const follower of this.#followers) this.#end(follower);
  }

  async *#lines(follower: Follower, follows: boolean): AsyncGenerator<string> {
    const { clock, processId } = this.#dependencies;
    const baseMs = clock.nowMs();
    try {
      yield lineOf({ handover: HANDOVER_VERSION, process: processId } satisfies HeaderLine);
      for (const lines of [this.#visitorLines(baseMs), this.#lastSeenLines(baseMs)]) {
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

  *#visitorLines(baseMs: number): Generator<string> {
    const { presence, clock, isPublic } = this.#dependencies;
    let rows: string[] = [];
    let length = 0;
    for (const record of presence.states(clock.nowMs)) {
      if (isPublic && record.state.isInvisible) continue;
      const row = JSON.stringify(encodeVisitor(record, baseMs) satisfies VisitorRow);
      rows.push(row);
      length += row.length;
      if (rows.length < VISITORS_PER_LINE && length < LINE_LENGTH) continue;
      yield `[${rows.join(',')}]\n`;
      rows = [];
      length = 0;
    }
    yield `[${rows.join(',')}]\n`;
  }

  /** Watchers can ask for those whose uid they know only, so strangers do not get the list. */
  *#lastSeenLines(baseMs: number): Generator<string> {
    const { presence, clock, isPublic } = this.#dependencies;
    if (isPublic) return;
    let seen: LastSeenRow[] = [];
    for (const [uid, each] of presence.lastSeenEntries(clock.nowMs())) {
      seen.push(encodeLastSeen(uid, each, baseMs));
      if (seen.length < VISITORS_PER_LINE) continue;
      yield lineOf({ seen } satisfies LastSeenLine);
      seen = [];
    }
    yield lineOf({ seen } satisfies LastSeenLine);
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

const lineOf = (value: object): string => `${JSON.stringify(value)}\n`;
