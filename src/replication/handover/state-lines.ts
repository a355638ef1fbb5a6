import type { History } from '../../presence/history.js';
import type { Presence } from '../../presence/presence.js';
import type { Clock } from '../../runtime/clock.js';
import { encodeHistory, type HistoryRow } from './history-codec.js';
import { type HistoryLine, type LastSeenLine, lineOf } from './lines.js';
import { encodeLastSeen, encodeVisitor, type LastSeenRow, type VisitorRow } from './visitor-codec.js';

/** The state that a handover consists of. */
export interface StateLinesDependencies {
  readonly presence: Presence;
  readonly history: History;
  readonly clock: Clock;
  /** Whether strangers may read the handover. Then it says nothing of visitors who are invisible to watchers. */
  readonly isPublic: boolean;
}

const VISITORS_PER_LINE = 500;
const LINE_LENGTH = 65_536;
/** The history of a room takes some 5 KB, and a handover must not take long. */
const MAX_HISTORY_ROOMS = 200;

/** Of the whole site and the rooms with the most visitors. */
export function* historyLines({ history: all }: StateLinesDependencies): Generator<string> {
  for (const each of all.entries(MAX_HISTORY_ROOMS)) {
    const history: HistoryRow = encodeHistory(each);
    yield lineOf({ history } satisfies HistoryLine);
  }
}

/** Of all visitors who are here, some in each line. */
export function* visitorLines(
  { presence, clock, isPublic }: StateLinesDependencies,
  baseMs: number,
): Generator<string> {
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

/** Of offline visitors. Watchers can ask for those whose uid they know only, so strangers do not get the list. */
export function* lastSeenLines(
  { presence, clock, isPublic }: StateLinesDependencies,
  baseMs: number,
): Generator<string> {
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
