import type { History } from '../../presence/history.js';
import type { Clock } from '../../runtime/clock.js';
import type { Log } from '../../runtime/log.js';
import type { Timers } from '../../runtime/timers.js';
import { askPeer, describe, type PeerDependencies } from './ask-peer.js';
import { decodeHistory } from './history-codec.js';
import { type CompleteLine, checkHeader, type HistoryLine, LineReader, parseLine } from './lines.js';

/** What receiving a history needs. */
export interface HistoryReceiverDependencies extends PeerDependencies {
  readonly history: History;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Identifies this process. */
  readonly processId: string;
}

const MAX_WAIT_MS = 10_000;
const LIMITS = { maxLineLength: 1024 * 1024, maxBytes: 16 * 1024 * 1024 };

/**
 * Takes over the counts of the last hour from another process, where instances get their visitors from a shared log. Never
 * rejects. Without an answer, the history begins with this process.
 */
export async function receiveHistory(dependencies: HistoryReceiverDependencies): Promise<void> {
  const { history, clock, timers, log, processId } = dependencies;
  const abort = new AbortController();
  const cancel = timers.after(MAX_WAIT_MS, () => abort.abort(new Error('it took longer than 10 s')));
  try {
    const lines = new LineReader(await askPeer('only=history', abort.signal, dependencies), LIMITS);
    checkHeader(parseLine(await lines.next()), processId);
    for (;;) {
      const line = parseLine(await lines.next());
      if (line === undefined) throw new Error('the answer was cut off');
      const { history: row, complete } = (line ?? {}) as Partial<HistoryLine & CompleteLine>;
      if (complete === true) break;
      const decoded = decodeHistory(row);
      if (decoded !== undefined) history.restore(decoded, clock.wallMs());
    }
  } catch (error) {
    log.debug('No other process handed over its history.', { reason: describe(error) });
  } finally {
    cancel();
    // Closes the connection.
    abort.abort();
  }
}
