import test from 'ava';
import fc from 'fast-check';
import { History } from '../../src/presence/history.js';
import { decodeHistory, encodeHistory } from '../../src/replication/handover/history-codec.js';
import { checkProperty } from '../support/property.js';

const START_MS = 1_000_000_000;
const SETTINGS = { intervalMs: 10_000, spanMs: 60_000, startedMs: START_MS, onlineWindowMs: 60_000 };

test('a process that takes over has the history of the one before, however many processes there were', (t) => {
  const counts = fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { maxLength: 12 });
  const property = fc.property(fc.array(counts, { minLength: 1, maxLength: 4 }), (processes) => {
    let wallMs = START_MS;
    const expected: number[] = [];
    let history = new History(SETTINGS);
    for (const [index, samples] of processes.entries()) {
      if (index > 0) {
        const next = new History({ ...SETTINGS, startedMs: wallMs });
        for (const each of history.entries(10)) {
          next.restore(decodeHistory(JSON.parse(JSON.stringify(encodeHistory(each))))!, wallMs);
        }
        history = next;
      }
      for (const [active, idle] of samples) {
        wallMs += SETTINGS.intervalMs;
        history.sample([[undefined, { online: active + idle, active, idle }]], wallMs);
        expected.push(idle);
      }
    }
    t.deepEqual(history.read().idle_total, expected.slice(-6));
  });
  checkProperty(t, property);
});

test('of another process, no history is accepted that cannot be real', (t) => {
  for (const row of [undefined, null, 1, 'a', {}, [], [null], [null, 1], [1, []], ['', []], ['a\n', []]]) {
    t.is(decodeHistory(row), undefined, JSON.stringify(row));
  }
  const rows = [[1, 2, 3], [1, -1, -1], ['1', 2, 1], [1.5, 2, 1], [1, 2], 7, null, [5, 2, 1]];
  t.deepEqual(decodeHistory(['hall', rows]), {
    room: 'hall',
    samples: [{ ts: 5, totals: { online: 2, active: 1, idle: 1 } }],
  });
});
