import test from 'ava';
import { History, type HistorySample } from '../../src/presence/history.js';

const START_MS = 1_000_000_000;
const START = START_MS / 1000;
const SETTINGS = { intervalMs: 10_000, spanMs: 60_000, startedMs: START_MS, onlineWindowMs: 60_000 };
const totals = (online: number) => ({ online, active: online, idle: 0 });
const sampleAt = (ts: number, online = 1): HistorySample => ({ ts, totals: totals(online) });

test('the history of an earlier process stands before that of this one', (t) => {
  const history = new History(SETTINGS);
  history.sample([[undefined, totals(3)]], START_MS + 10_000);
  history.restore({ room: undefined, samples: [sampleAt(START - 20), sampleAt(START - 10, 2)] }, START_MS + 15_000);
  t.deepEqual(history.read().ts, [START - 20, START - 10, START + 10]);
  t.deepEqual(history.read().online_total, [1, 2, 3]);
});

test('what is older than the span, out of order or newer than this process is left out', (t) => {
  const history = new History(SETTINGS);
  history.sample([[undefined, totals(3)]], START_MS);
  const samples = [-70, -60, -30, -40, -30, -20, 0, 10].map((seconds) => sampleAt(START + seconds));
  history.restore({ room: undefined, samples }, START_MS);
  t.deepEqual(history.read().ts, [START - 30, START - 20, START]);
});

test('a restored room is kept while somebody is in it', (t) => {
  const history = new History(SETTINGS);
  for (const room of ['hall', 'attic']) history.restore({ room, samples: [sampleAt(START - 10)] }, START_MS);
  history.sample(
    [
      [undefined, totals(1)],
      ['hall', totals(1)],
    ],
    START_MS,
  );
  t.deepEqual(history.read('hall').ts, [START - 10, START]);
  t.deepEqual(history.read('attic').ts, []);
});

test('a handover has the site, and the rooms with the most visitors', (t) => {
  const history = new History(SETTINGS);
  const rooms = Object.entries({ a: 1, b: 3, c: 2 }).map(([room, online]) => [room, totals(online)] as const);
  history.sample([[undefined, totals(6)], ...rooms], START_MS);
  t.deepEqual(
    history.entries(2).map(({ room }) => room),
    [undefined, 'b', 'c'],
  );
});
