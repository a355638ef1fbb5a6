import type { PresenceSettings } from '../../config/settings.js';
import type { History } from '../../presence/history.js';
import type { Presence } from '../../presence/presence.js';
import { readInfo, readName, readUid } from '../../protocol/fields.js';
import type { Clock } from '../../runtime/clock.js';
import type { Log } from '../../runtime/log.js';
import type { Timers } from '../../runtime/timers.js';
import { decodeBatch } from '../operation-codec.js';
import type { Operation } from '../operations.js';
import { askPeer, describe, type PeerDependencies } from './ask-peer.js';
import { decodeHistory } from './history-codec.js';
import { type CompleteLine, checkHeader, type HistoryLine, type LastSeenLine, LineReader, parseLine } from './lines.js';
import { decodeLastSeen, decodeVisitor } from './visitor-codec.js';

/** What a receiver works with. */
export interface HandoverReceiverDependencies extends PeerDependencies {
  readonly presence: Presence;
  readonly history: History;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly settings: PresenceSettings;
  /** Identifies this process. */
  readonly processId: string;
}

/** A start must not wait longer for a process that may not exist. */
const MAX_WAIT_MS = 2000;
/** More than 200,000 visitors need, with sessions, rooms and info of a few hundred bytes each. */
const LIMITS = { maxLineLength: 4 * 1024 * 1024, maxBytes: 128 * 1024 * 1024 };

/**
 * Takes over the state of the process that this one replaces, and follows it: until the requests go to this process, each
 * heartbeat that the other one takes counts here, too.
 */
export class HandoverReceiver {
  readonly #dependencies: HandoverReceiverDependencies;
  readonly #abort = new AbortController();
  #visitors = 0;
  /** Whether the process has started without waiting for the rest. */
  #isLate = false;

  constructor(dependencies: HandoverReceiverDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Asks once, and applies the answer. Takes 2 s at most and never rejects: without an answer, presence stays empty. When
   * there are too many visitors for that time, the rest is applied later. Writes one log line.
   *
   * @returns whether the whole state was received
   */
  start(): Promise<boolean> {
    const { timers, log } = this.#dependencies;
    let cancel = () => {};
    const late = new Promise<boolean>((resolve) => {
      cancel = timers.after(MAX_WAIT_MS, () => {
        if (this.#visitors === 0) return this.#abort.abort(new Error('it took longer than 2 s'));
        this.#isLate = true;
        const fields = { visitors: this.#visitors };
        log.info('Took over a part of the visitors of the process before; the rest follows.', fields);
        resolve(false);
      });
    });
    return Promise.race([this.#receive().finally(cancel), late]);
  }

  /** Stops following. */
  stop(): void {
    this.#abort.abort();
  }

  /** Never rejects. @returns whether the whole state was received */
  async #receive(): Promise<boolean> {
    const { clock, log } = this.#dependencies;
    const beganMs = clock.nowMs();
    try {
      const lines = new LineReader(await askPeer('follow', this.#abort.signal, this.#dependencies), LIMITS);
      const answeredMs = clock.nowMs();
      await this.#receiveState(lines, answeredMs);
      const fields = { visitors: this.#visitors, bytes: lines.bytes, ms: clock.nowMs() - beganMs };
      if (!this.#isLate) log.info('Took over the visitors of the process before.', fields);
      lines.lift();
      void this.#follow(lines, answeredMs);
      return true;
    } catch (error) {
      const reason = describe(this.#abort.signal.aborted ? this.#abort.signal.reason : error);
      this.stop();
      const fields = { visitors: this.#visitors, reason };
      if (this.#isLate) log.debug('The rest of the visitors did not follow.', fields);
      else if (this.#visitors > 0) log.info('Took over a part of the visitors of the process before.', fields);
      else log.info('Starts without visitors: no other process handed over its own.', fields);
      return false;
    }
  }

  async #receiveState(lines: LineReader, answeredMs: number): Promise<void> {
    checkHeader(parseLine(await lines.next()), this.#dependencies.processId);
    for (;;) {
      const line = parseLine(await lines.next());
      const { seen, history, complete } = (line ?? {}) as Partial<LastSeenLine & HistoryLine & CompleteLine>;
      if (Array.isArray(line) || Array.isArray(seen)) {
        if (Array.isArray(line)) this.#addVisitors(line, answeredMs);
        else this.#addLastSeen(seen!, answeredMs);
        // Requests may arrive by now.
        await new Promise(setImmediate);
      } else if (history !== undefined) this.#addHistory(history);
      else if (complete === true) return;
      else if (line === undefined) throw new Error('the answer was cut off');
      // A later release may have lines of other kinds. What is no object is no handover.
      else if (typeof line !== 'object') throw new Error('it answered something else');
    }
  }

  #addVisitors(rows: readonly unknown[], answeredMs: number): void {
    const { presence, clock, settings } = this.#dependencies;
    const nowMs = clock.nowMs();
    for (const row of rows) {
      const visitor = decodeVisitor(row, answeredMs, nowMs, settings);
      // Who is here has sent a heartbeat to this process meanwhile, and that is newer.
      if (visitor === undefined || presence.has(visitor.uid, nowMs)) continue;
      if (presence.assign(visitor.uid, visitor.state, nowMs) === undefined) this.#visitors++;
    }
  }

  #addLastSeen(rows: readonly unknown[], answeredMs: number): void {
    const { presence, clock } = this.#dependencies;
    const nowMs = clock.nowMs();
    for (const row of rows) {
      const entry = decodeLastSeen(row, answeredMs, nowMs);
      if (entry !== undefined) presence.restoreLastSeen(...entry, nowMs);
    }
  }

  #addHistory(row: unknown): void {
    const decoded = decodeHistory(row);
    if (decoded !== undefined) this.#dependencies.history.restore(decoded, this.#dependencies.clock.wallMs());
  }

  /** Never rejects: the other process ends, or is killed, as it likes. */
  async #follow(lines: LineReader, answeredMs: number): Promise<void> {
    try {
      for (let line = await lines.next(); line !== undefined; line = await lines.next()) {
        const batch = decodeBatch((parseLine(line) ?? {}) as Record<string, string>, -answeredMs);
        for (const operations of batch?.parts ?? []) for (const each of operations) this.#apply(each);
      }
    } catch (error) {
      this.#dependencies.log.debug('Stopped following the process before.', { reason: describe(error) });
    }
    this.stop();
  }

  /** As if the page had sent it to this process: by now it may have sent newer ones here, which must not be undone. */
  #apply(operation: Operation | undefined): void {
    const { presence, clock } = this.#dependencies;
    if (operation === undefined || !hasValidNames(operation)) return;
    if (operation.kind === 'hit') presence.hit(operation, clock.nowMs());
    else if (operation.kind === 'leave') presence.leave(operation, clock.nowMs());
    else presence.erase(operation.uid);
  }
}

function hasValidNames(operation: Operation): boolean {
  if (!readUid(operation.uid).ok) return false;
  if (operation.kind === 'erase') return true;
  const { room, session } = operation;
  if (!readName(room, 'room_invalid').ok || !readName(session, 'session_invalid').ok) return false;
  return operation.kind === 'leave' || operation.info === undefined || readInfo(JSON.parse(operation.info)).ok;
}
