import test from 'ava';
import {
  applyHit,
  applyLeave,
  endPlace,
  extendSessions,
  hasEnded,
  nextChangeMs,
  openSessionCount,
  type Place,
  statusAt,
} from '../../src/presence/rules.js';
import { ACTIVE, IDLE, OFFLINE } from '../../src/presence/status.js';

const settings = {
  onlineWindowMs: 60_000,
  activeWindowMs: 300_000,
  leaveSettleMs: 3000,
  maxVisitors: 100,
  maxRooms: 2,
  maxRoomsPerVisitor: 50,
  lastSeenKeptMs: 86_400_000,
  maxLastSeen: 100_000,
  maxSessions: 2,
};

/** A place after heartbeats of pages, each with activity at that moment. */
function placeAfter(...hits: readonly [atMs: number, session?: string][]): Place {
  const place: Place = { lastSeenMs: 0, lastActivityMs: -Infinity, endsAtMs: -Infinity, sessions: undefined };
  for (const [atMs, session] of hits) applyHit(place, { session, activityMs: atMs }, atMs, settings);
  return place;
}

test('a place without named sessions keeps no array of sessions', (t) => {
  const place = placeAfter([0], [1000]);
  t.deepEqual(place, { lastSeenMs: 1000, lastActivityMs: 1000, endsAtMs: 61_001, sessions: undefined });
  t.is(openSessionCount(place, 1000), 1);
});

test('a named session joins the nameless one, which keeps its own end', (t) => {
  const place = placeAfter([0], [1000, 's1']);
  t.deepEqual(place.sessions, [
    { id: '', endsAtMs: 60_001 },
    { id: 's1', endsAtMs: 61_001 },
  ]);
  t.is(openSessionCount(place, 60_001), 1);
});

test('a heartbeat after the end starts anew, without the sessions and the activity from before', (t) => {
  const place = placeAfter([0, 's1'], [0, 's2']);
  applyHit(place, { session: undefined, activityMs: -1 }, 60_001, settings);
  t.deepEqual(place, { lastSeenMs: 60_001, lastActivityMs: -1, endsAtMs: 120_002, sessions: undefined });
});

test('a place that is ended at once has ended, whatever its sessions say', (t) => {
  const place = placeAfter([0, 's1']);
  endPlace(place);
  t.true(hasEnded(place, 1));
  applyLeave(place, 's2', 1, settings);
  t.true(hasEnded(place, 1));
  applyHit(place, { session: 's2', activityMs: 1 }, 1, settings);
  t.is(openSessionCount(place, 1), 1);
});

test('a leave never extends a place, and a heartbeat before it takes effect cancels it', (t) => {
  const place = placeAfter([0]);
  applyLeave(place, undefined, 59_000, settings);
  t.is(place.endsAtMs, 60_001);
  applyLeave(place, undefined, 10_000, settings);
  t.is(place.endsAtMs, 13_000);
  applyHit(place, { session: undefined, activityMs: 0 }, 12_999, settings);
  t.is(place.endsAtMs, 72_999 + 1);
});

test('the status changes exactly at the time that is announced, and not before', (t) => {
  const place = placeAfter([0]);
  applyHit(place, { session: undefined, activityMs: 0 }, 290_000, { ...settings, onlineWindowMs: 20_000 });
  t.is(statusAt(place, 300_000, settings), ACTIVE);
  t.is(nextChangeMs(place, 300_000, settings), 300_001);
  t.is(statusAt(place, 300_001, settings), IDLE);
  t.is(nextChangeMs(place, 300_001, settings), 310_001);
  t.is(statusAt(place, 310_000, settings), IDLE);
  t.is(statusAt(place, 310_001, settings), OFFLINE);
});

test('only sessions that end after a moment are extended, and never shortened', (t) => {
  const place = placeAfter([0, 's1'], [5000, 's2']);
  extendSessions(place, 60_001, 90_000);
  t.deepEqual(
    place.sessions?.map(({ endsAtMs }) => endsAtMs),
    [60_001, 90_000],
  );
  t.is(place.endsAtMs, 90_000);
  extendSessions(place, 0, 1000);
  t.is(place.endsAtMs, 90_000);
  const plain = placeAfter([0]);
  extendSessions(plain, 60_001, 90_000);
  t.is(plain.endsAtMs, 60_001);
  extendSessions(plain, 60_000, 90_000);
  t.is(plain.endsAtMs, 90_000);
});
