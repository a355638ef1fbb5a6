import type { CarriedState, HitOperation, Operation } from './operations.js';

/** The content of one log entry. */
export interface Batch {
  /** The instance that publishes it. */
  readonly origin: string;
  /** The number of the first operation; those that follow count up from it. */
  readonly number: number;
  /** Times in milliseconds of the instance's clock. */
  readonly operations: readonly Operation[];
}

const VERSION = '1';
const HIT = 0;
const LEAVE = 1;
const ERASE = 2;
const VISIBLE = 1;
const INVISIBLE = 2;
const OPERATIONS_PER_PART = 1000;

type Row = readonly unknown[];

/**
 * Encodes a batch as the fields of a log entry. Operations are split into parts of a thousand, so that a reader can serve
 * requests between two of them. Times are differences to the entry's own time, as small numbers are short.
 *
 * @param offsetMs added to this instance's times to get those of the log's clock
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
 * Decodes the fields of a log entry, one part per step of the iteration. A part or operation that cannot be read becomes
 * `undefined`.
 *
 * @param offsetMs subtracted from the log's times to get those of this instance's clock
 * @returns undefined when the entry is of another version, or not a batch
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
  const { kind, atMs, uid } = operation;
  if (kind === 'erase') return [ERASE, atMs - baseMs, uid];
  const { session, room } = operation;
  if (kind === 'leave') return trimmed([LEAVE, atMs - baseMs, uid, session, room]);
  const { activityMs, onlineSinceMs, info, invisible, carried } = operation;
  const carriedRow = carried && [
    atMs - carried.siteActivityMs,
    atMs - carried.roomActivityMs,
    ...trimmed([
      carried.info,
      carried.info === undefined ? undefined : atMs - carried.infoAtMs,
      // At least 1: zeros at the end are dropped.
      carried.invisibleAtMs === undefined ? undefined : Math.max(1, atMs - carried.invisibleAtMs),
    ]),
  ];
  const visibility = invisible === undefined ? undefined : invisible ? INVISIBLE : VISIBLE;
  const place = [uid, atMs - onlineSinceMs, session, room];
  return trimmed([HIT, atMs - baseMs, ...place, atMs - activityMs, info, carriedRow, visibility]);
}

/** Drops undefined values and zeros from the end: the decoder treats missing values as those. */
function trimmed(row: unknown[]): Row {
  while (row.length > 0 && (row.at(-1) === undefined || row.at(-1) === 0)) row.pop();
  return row;
}

interface Header {
  readonly origin: string;
  readonly number: number;
  readonly baseMs: number;
}

// By index, and with every property written out. A row that is destructured, and an object that is spread before further
// properties, which V8 then keeps as a hash table, take thirty times as long, and slow down whoever reads the object.
function decode(row: unknown, header: Header): Operation | undefined {
  if (!Array.isArray(row)) return undefined;
  const cells = row as Row;
  const [kind, delayMs, uid] = [cells[0], cells[1], cells[2]];
  if (!isNumber(delayMs) || typeof uid !== 'string') return undefined;
  const { origin, number, baseMs } = header;
  const atMs = baseMs + delayMs;
  if (kind === HIT) return decodeHit(cells, uid, atMs, header);
  if (kind === ERASE) return { kind: 'erase', origin, number, atMs, uid };
  const [session, room] = [cells[3], cells[4]];
  if (kind !== LEAVE || !isOptionalText(session) || !isOptionalText(room)) return undefined;
  return { kind: 'leave', origin, number, atMs, uid, session: session ?? undefined, room: room ?? undefined };
}

function decodeHit(row: Row, uid: string, atMs: number, { origin, number }: Header): HitOperation | undefined {
  const onlineMs = row[3] === undefined ? 0 : row[3];
  const [session, room] = [row[4], row[5]];
  const idleMs = row[6] ?? 0;
  const [info, visibility] = [row[7], row[9]];
  if (!isNumber(onlineMs) || !isNumber(idleMs)) return undefined;
  if (!isOptionalText(session) || !isOptionalText(room) || !isOptionalText(info)) return undefined;
  const carried = decodeCarried(row[8], atMs);
  if (carried === null) return undefined;
  return {
    kind: 'hit',
    origin,
    number,
    atMs,
    uid,
    session: session ?? undefined,
    room: room ?? undefined,
    activityMs: atMs - idleMs,
    info: info ?? undefined,
    invisible: visibility === undefined ? undefined : visibility === INVISIBLE,
    onlineSinceMs: atMs - onlineMs,
    carried,
  };
}

/** @returns null when the row is malformed */
function decodeCarried(row: unknown, atMs: number): CarriedState | undefined | null {
  if (row === undefined || row === null) return undefined;
  if (!Array.isArray(row)) return null;
  const [siteIdleMs, roomIdleMs, info, infoAge, invisibleAge] = row as Row;
  const infoAgeMs = infoAge ?? 0;
  if (!isNumber(siteIdleMs) || !isNumber(roomIdleMs) || !isOptionalText(info) || !isNumber(infoAgeMs)) return null;
  const [siteActivityMs, roomActivityMs] = [atMs - siteIdleMs, atMs - roomIdleMs];
  const invisibleAtMs = isNumber(invisibleAge) ? atMs - invisibleAge : undefined;
  return { siteActivityMs, roomActivityMs, info: info ?? undefined, infoAtMs: atMs - infoAgeMs, invisibleAtMs };
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isOptionalText = (value: unknown): value is string | null | undefined =>
  value === undefined || value === null || typeof value === 'string';
