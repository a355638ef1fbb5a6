import { displayName, type Entry } from './entry.js';

const HEAD = ['uid', 'name', 'status', 'rooms', 'here_since', 'last_activity'];
/** Spreadsheets take a cell that begins so for a formula, and visitors choose their names. */
const FORMULA_START = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;
/** Without it, Excel does not read the file as UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Returns the visitors as a CSV file by RFC 4180, with a head line. Times are in the form of ISO 8601, in UTC. A cell that
 * a spreadsheet would take for a formula begins with an apostrophe. Times and rooms that are not known are empty.
 */
export function toCsv(entries: readonly Entry[]): string {
  const lines = entries.map((entry) => [
    entry.uid,
    displayName(entry),
    entry.status,
    (entry.details?.rooms ?? []).join('; '),
    isoTime(entry.details?.online_since),
    isoTime(entry.details?.last_activity),
  ]);
  return BYTE_ORDER_MARK + [HEAD, ...lines].map((cells) => `${cells.map(toCell).join(',')}\r\n`).join('');
}

const isoTime = (unixSeconds: number | null | undefined): string =>
  unixSeconds == null ? '' : new Date(unixSeconds * 1000).toISOString();

function toCell(text: string): string {
  const safe = FORMULA_START.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
