import test from 'ava';
import type { VisitorAnswer } from '../../../src/protocol/messages.js';
import { explain } from '../../../src/web/dashboard/explain.js';
import { formatAgo, formatTime } from '../../../src/web/dashboard/format.js';

const at = (seconds: number) => `@${seconds}`;

const VISITOR: VisitorAnswer = {
  uid: 'ada',
  status: 'active',
  last_seen: 1000,
  last_activity: 990,
  online_since: 400,
  online_seconds: 600,
  idle_at: 1290,
  offline_at: 1060,
  sessions: 1,
  rooms: [],
  info: null,
};

test('the explanation of an active visitor names the last activity and when the visitor turns idle', (t) => {
  t.deepEqual(explain(VISITOR, at, 1005), [
    'Active: touched the page 15 s ago, and turns idle at @1290 unless it is touched again.',
    'Online since @400.',
    'Last heartbeat at @1000; goes offline at @1060 without another one.',
    'One page is open.',
  ]);
});

test('the explanation of an idle visitor names when the visitor turned idle', (t) => {
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
    'Online since @400.',
    'Last heartbeat at @1000; goes offline at @1060 without another one.',
    '2 pages are open.',
    'In \u2068a\u2069, \u2068b\u2069.',
  ]);
});

test('the explanation of an offline visitor says when they were last here, if it is known', (t) => {
  const gone = { ...VISITOR, status: 'offline' as const, online_since: null, idle_at: null, offline_at: null };
  t.deepEqual(explain(gone, at, 8200), ['Offline: last seen 2 h ago, at @1000.', 'Touched the page last at @990.']);
  const unknown = { ...gone, last_seen: null, last_activity: null };
  t.deepEqual(explain(unknown, at, 0), ['Offline: no heartbeat within the online window.']);
});

test('durations are rounded to seconds, minutes or hours', (t) => {
  t.deepEqual([0, 1.9, 2, 99, 100, 5999, 7200].map(formatAgo), [
    'just now',
    'just now',
    '2 s ago',
    '99 s ago',
    '2 min ago',
    '100 min ago',
    '2 h ago',
  ]);
});

test('a time of another day is shown with the day', (t) => {
  const now = Date.now() / 1000;
  t.is(formatTime(now - 3600).length, formatTime(now).length);
  t.true(formatTime(now - 24 * 3600).length > formatTime(now).length);
});
