import type { HitOperation, Knowledge, LeaveOperation, Operation } from './visitor-state.js';

/** What one entry of the log carries. */
export interface Batch {
  /** The process that says it. */
  readonly origin: string;
  /** How many operations the process has told of before. */
  readonly number: number;
  /** Times in milliseconds of the log's clock. */
  readonly operations: readonly Operation[];
}

const VERSION = '1';
const HIT = 0;
const LEAVE = 1;
const OPERATIONS_PER_PART = 1000;

type Row = readonly unknown[];

/**
 * The fields of an entry. Operations go in parts of a thousand, so that a reader can do something else between two of
 * them. Times are told as differences to the entry's own, as small numbers are short.
 *
 * @param offsetMs what to add to the operations' times to have the log's
 */
export function encodeBatch({ origin, number, operations }: Batch, offsetMs: number): Record<string, string> {
  const baseMs = operations[0]?.atMs ?? 0;
  const fields: Record<string, string> = { v: VERSION, from: origin, n: String(number), at: String(baseMs + offsetMs) };
  for (let start = 0; start < operations.length; start += OPERATIONS_PER_PART) {
    const rows = operations.slice(start, start + OPERATIONS_PER_PART).map((each) => encode(each, baseMs));
    fields[`p${start / OPERATIONS_PER_PART}`] = JSON.stringify(rows);
  }
  return fields;
}

/**
 * Reads the fields of an entry, part by part.
 *
 * @param offsetMs what to take from the log's times to have one's own
 * @returns undefined when it is of another version, or no such entry at all; parts and operations that cannot be read are
 * told as `undefined`
 */
export function decodeBatch(
  fields: Readonly<Record<string, string>>,
  offsetMs: number,
): { origin: string; parts: Iterable<readonly (Operation | undefined)[]> } | undefined {
  const { v: version, from: origin, n, at } = fields;
  const [number, baseMs] = [Number(n), Number(at) - offsetMs];
  if (version !== VERSION || origin === undefined || !Number.isFinite(number) || !Number.isFinite(baseMs)) {
    return undefined;
  }
  return { origin, parts: decodeParts(fields, origin, number, baseMs) };
}

function* decodeParts(
  fields: Readonly<Record<string, string>>,
  origin: string,
  first: number,
  baseMs: number,
): Generator<readonly (Operation | undefined)[]> {
  let number = first;
  for (let index = 0; fields[`p${index}`] !== undefined; index++) {
    const rows = parse(fields[`p${index}`]!);
    yield rows.map((row) => decode(row, { origin, number: number++, baseMs }));
  }
}

function parse(text: string): readonly unknown[] {
  try {
    const rows: unknown = JSON.parse(text);
    return Array.isArray(rows) ? rows : [undefined];
  } catch {
    return [undefined];
  }
}

function encode(operation: Operation, baseMs: number): Row {
  const { kind, atMs, uid, session, room } = operation;
  const common = [atMs - baseMs, uid, session, room];
  if (kind === 'leave') return trimmed([LEAVE, ...common]);
  const { activityMs, info, known } = operation;
  const knowledge = known && [
    atMs - known.siteActivityMs,
    atMs - known.roomActivityMs,
    ...(known.info === undefined ? [] : [known.info, atMs - known.infoAtMs]),
  ];
  return trimmed([HIT, ...common, atMs - activityMs, info, knowledge]);
}

/** `undefined` would become `null`; at the end it need not be there at all, nor need a zero. */
function trimmed(row: unknown[]): Row {
  while (row.length > 0 && (row.at(-1) === undefined || row.at(-1) === 0)) row.pop();
  return row;
}

interface Origin {
  readonly origin: string;
  readonly number: number;
  readonly baseMs: number;
}

function decode(row: unknown, { origin, number, baseMs }: Origin): Operation | undefined {
  if (!Array.isArray(row)) return undefined;
  const [kind, delay, uid, session, room, idleMs, info, knowledge] = row as Row;
  if (!isNumber(delay) || typeof uid !== 'string' || !isText(session) || !isText(room)) return undefined;
  const atMs = baseMs + delay;
  const common = { atMs, origin, number, uid, session: session ?? undefined, room: room ?? undefined };
  if (kind === LEAVE) return { ...common, kind: 'leave' } satisfies LeaveOperation;
  const idle = idleMs ?? 0;
  if (kind !== HIT || !isNumber(idle) || !isText(info)) return undefined;
  const known = decodeKnowledge(knowledge, atMs);
  if (known === null) return undefined;
  return { ...common, kind: 'hit', activityMs: atMs - idle, info: info ?? undefined, known } satisfies HitOperation;
}

function decodeKnowledge(row: unknown, atMs: number): Knowledge | undefined | null {
  if (row === undefined || row === null) return undefined;
  if (!Array.isArray(row)) return null;
  const [siteIdleMs, roomIdleMs, info, infoAgeMs = 0] = row as Row;
  if (!isNumber(siteIdleMs) || !isNumber(roomIdleMs) || !isText(info) || !isNumber(infoAgeMs)) return null;
  const [siteActivityMs, roomActivityMs] = [atMs - siteIdleMs, atMs - roomIdleMs];
  return { siteActivityMs, roomActivityMs, info: info ?? undefined, infoAtMs: atMs - infoAgeMs };
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): value is string | null | undefined =>
  value === undefined || value === null || typeof value === 'string';
