import test from 'ava';
import fc from 'fast-check';
import { ago, explain, type Visitor } from '../../src/web/dashboard/explain.js';
import { State } from '../../src/web/dashboard/state.js';

const TOTALS = { ts: 0, online_total: 0, active_total: 0, idle_total: 0 };
const at = (seconds: number) => `@${seconds}`;

const VISITOR: Visitor = {
  uid: 'ada',
  status: 'active',
  last_seen: 1000,
  last_activity: 990,
  idle_at: 1290,
  offline_at: 1060,
  sessions: 1,
  rooms: [],
  info: null,
};

test('an active visitor is explained by the last touch and what comes next', (t) => {
  t.deepEqual(explain(VISITOR, at, 1005), [
    'Active: touched the page 15 s ago, and turns idle at @1290 unless it is touched again.',
    'Last heard at @1000; goes offline at @1060 unless heard again.',
    'One page is open.',
  ]);
});

test('an idle visitor is explained by since when', (t) => {
  const idle = {
    ...VISITOR,
    status: 'idle' as const,
    idle_at: 900,
    last_activity: 600,
    sessions: 2,
    rooms: ['a', 'b'],
  };
  t.deepEqual(explain(idle, at, 1005), [
    'Idle since @900: touched the page last at @600.',
    'Last heard at @1000; goes offline at @1060 unless heard again.',
    '2 pages are open.',
    'In a, b.',
  ]);
});

test('an offline visitor needs no more than that', (t) => {
  const offline = { ...VISITOR, status: 'offline' as const, last_seen: null, last_activity: null };
  t.deepEqual(explain(offline, at, 0), ['Offline: not heard of within the online window.']);
});

test('times are rounded to what one would say', (t) => {
  t.deepEqual([0, 1.9, 2, 99, 100, 5999, 7200].map(ago), [
    'just now',
    'just now',
    '2 s ago',
    '99 s ago',
    '2 min ago',
    '100 min ago',
    '2 h ago',
  ]);
});

test('the list folds changes, tells the latest, and sorts by name', (t) => {
  const state = new State();
  state.restore({
    ...TOTALS,
    visitors: [
      { uid: '2', status: 'active', info: { name: 'Bob' } },
      { uid: '1', status: 'idle' },
    ],
  });
  t.deepEqual(
    state.select({ text: '', status: '' }).map(({ uid }) => uid),
    ['1', '2'],
  );
  t.is(state.apply({ ...TOTALS, joined: [{ uid: '3', status: 'active', info: { name: 'ada' } }] }), 'ada came');
  t.is(
    state.apply({ ...TOTALS, left: ['2'], active: ['1'], updated: [{ uid: '3', info: { name: 'Zoe' } }] }),
    '1 is active again, and 1 more',
  );
  t.deepEqual(
    state.select({ text: '', status: 'active' }).map(({ uid }) => uid),
    ['1', '3'],
  );
  t.deepEqual(
    state.select({ text: 'ZO', status: '' }).map(({ uid }) => uid),
    ['3'],
  );
  t.is(state.apply({ ...TOTALS }), undefined);
});

test('however visitors come, go and change their names, the list is in order and whole', (t) => {
  const uid = fc.nat({ max: 20 }).map(String);
  const name = fc.constantFrom('ada', 'Ada', 'bob', 'Zoë', '');
  const joined = fc.array(fc.record({ uid, status: fc.constant('active' as const), info: fc.record({ name }) }));
  const updated = fc.array(fc.record({ uid, info: fc.record({ name }) }));
  fc.assert(
    fc.property(fc.array(fc.record({ joined, updated, left: fc.array(uid) })), (changes) => {
      const state = new State();
      const names = new Map<string, string>();
      for (const change of changes) {
        state.apply({ ...TOTALS, ...change });
        for (const uid of change.left) names.delete(uid);
        for (const { uid, info } of change.updated) if (names.has(uid)) names.set(uid, info.name);
        for (const { uid, info } of change.joined) names.set(uid, info.name);
      }
      const key = (uid: string) => [(names.get(uid) || uid).toLowerCase(), uid].join('\0');
      const sorted = [...names.keys()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
      t.deepEqual(
        state.select({ text: '', status: '' }).map(({ uid }) => uid),
        sorted,
      );
      t.is(state.size, sorted.length);
    }),
  );
});
