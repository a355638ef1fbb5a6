import type { HistoryOfRoom, HistorySample } from '../../presence/history.js';
import { readName } from '../../protocol/fields.js';

/** One sample, in JSON. */
type SampleRow = readonly [unixSeconds: number, online: number, active: number];
/** The history of a room, in JSON, or of the whole site when the room is null. */
export type HistoryRow = readonly [room: string | null, samples: readonly SampleRow[]];

/** Times are those of the wall clock, which processes have in common. */
export const encodeHistory = ({ room, samples }: HistoryOfRoom): HistoryRow => [
  room ?? null,
  samples.map(({ ts, totals }) => [ts, totals.online, totals.active]),
];

/**
 * Decodes the history of a room. Samples that cannot be real are left out.
 *
 * @returns undefined when the row is not a history
 */
export function decodeHistory(row: unknown): HistoryOfRoom | undefined {
  const [room, rows] = Array.isArray(row) ? (row as readonly unknown[]) : [];
  if (!Array.isArray(rows) || (room !== null && (typeof room !== 'string' || !readName(room, 'room_invalid').ok))) {
    return undefined;
  }
  const samples: HistorySample[] = [];
  for (const each of rows as readonly unknown[]) {
    const [ts, online, active] = Array.isArray(each) ? (each as readonly unknown[]) : [];
    if (!isCount(ts) || !isCount(online) || !isCount(active) || active > online) continue;
    samples.push({ ts, totals: { online, active, idle: online - active } });
  }
  return { room: room ?? undefined, samples };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
