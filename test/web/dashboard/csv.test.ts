import test from 'ava';
import { toCsv } from '../../../src/web/dashboard/csv.js';
import type { Entry } from '../../../src/web/dashboard/entry.js';

const entry = (uid: string, name?: string, rooms?: string[]): Entry => ({
  uid,
  status: 'active',
  info: name === undefined ? undefined : { name },
  details: rooms && {
    uid,
    status: 'active',
    last_seen: 0,
    last_activity: 1_764_115_200,
    online_since: 1_764_115_100.5,
    online_seconds: 0,
    idle_at: 0,
    offline_at: 0,
    sessions: 1,
    rooms,
    info: null,
  },
});

/** The lines after the head. */
const linesOf = (...entries: Entry[]) => toCsv(entries).split('\r\n').slice(1, -1);

test('the file has a byte order mark, a head line, and ends every line with CR and LF', (t) => {
  t.is(toCsv([]), '\ufeffuid,name,status,rooms,here_since,last_activity\r\n');
});

test('a visitor is a line with rooms and times in UTC, which are empty when they are not known', (t) => {
  t.deepEqual(linesOf(entry('1', 'Ada', ['hall', 'attic']), entry('2')), [
    '1,Ada,active,hall; attic,2025-11-25T23:58:20.500Z,2025-11-26T00:00:00.000Z',
    '2,2,active,,,',
  ]);
});

test('cells with commas, quotes or line ends are quoted', (t) => {
  t.deepEqual(linesOf(entry('a,b', 'Ada "the first"\nLovelace')), ['"a,b","Ada ""the first""\nLovelace",active,,,']);
});

test('a cell that a spreadsheet would take for a formula begins with an apostrophe', (t) => {
  for (const start of ['=', '+', '-', '@', '\t', '\r']) {
    const [line] = linesOf(entry('1', `${start}1+1`));
    t.true(line!.includes(`'${start}1+1`), JSON.stringify(line));
  }
  t.deepEqual(
    linesOf(entry('=a,b', 'x', ['@hall'])).map((line) => line.split(',active,')),
    [[`"'=a,b",x`, "'@hall,2025-11-25T23:58:20.500Z,2025-11-26T00:00:00.000Z"]],
  );
  t.deepEqual(linesOf(entry('a-b', 'Ada=1')), ['a-b,Ada=1,active,,,']);
});
