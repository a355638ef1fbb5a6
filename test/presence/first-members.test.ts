import test from 'ava';
import type { PresenceSettings } from '../../src/config/settings.js';
import { Presence } from '../../src/presence/presence.js';

const SETTINGS: PresenceSettings = {
  onlineWindowMs: 60_000,
  activeWindowMs: 300_000,
  leaveSettleMs: 0,
  maxVisitors: 10_000,
  maxRooms: 2,
  maxRoomsPerVisitor: 50,
  lastSeenKeptMs: 86_400_000,
  maxLastSeen: 100_000,
  maxSessions: 32,
};
const NOW = 1_000_000;
const SECOND = 1000;
const IDLE = NOW - 300_001;

const uidOf = (index: number) => `visitor-${String(index).padStart(5, '0')}`;
const uids = (presence: Presence, nowMs: number) => presence.firstMembers(nowMs, 'hall').map(({ uid }) => uid);

/** Presence with so many visitors in the hall, all of them active. */
function create(count: number): Presence {
  const presence = new Presence(SETTINGS);
  for (let index = 0; index < count; index++) enter(presence, uidOf(index));
  return presence;
}

function enter(presence: Presence, uid: string, activityMs = NOW, nowMs = NOW, info?: string): void {
  presence.hit({ uid, room: 'hall', activityMs, info }, nowMs);
}

test('the first members are active ones and then idle ones, each group sorted by uid, 50 at most', (t) => {
  const presence = create(0);
  for (let index = 0; index < 45; index++) enter(presence, uidOf(index), IDLE);
  for (const uid of ['zoe', 'bob', 'ada']) enter(presence, uid);
  t.deepEqual(uids(presence, NOW), ['ada', 'bob', 'zoe', ...Array.from({ length: 45 }, (_, index) => uidOf(index))]);
  for (let index = 100; index < 148; index++) enter(presence, uidOf(index));
  t.is(uids(presence, NOW).length, 50);
  t.deepEqual(new Set(presence.firstMembers(NOW, 'hall').map(({ status }) => status)), new Set(['active']));
});

test('with up to 100 visitors the first members are exact after each change of a status or an info', (t) => {
  const presence = create(99);
  t.is(uids(presence, NOW)[0], uidOf(0));
  enter(presence, 'ada');
  t.is(uids(presence, NOW)[0], 'ada');
  enter(presence, 'ada', NOW, NOW, '{"name":"Ada"}');
  t.is(presence.firstMembers(NOW, 'hall')[0]?.info, '{"name":"Ada"}');
  // The room is not named.
  presence.hit({ uid: 'ada', activityMs: NOW, info: '{"name":"A"}' }, NOW);
  t.is(presence.firstMembers(NOW, 'hall')[0]?.info, '{"name":"A"}');
  presence.leave({ uid: 'ada' }, NOW);
  t.is(uids(presence, NOW)[0], uidOf(0));
});

test('with more than 100 visitors the first members are up to a second old', (t) => {
  const presence = create(101);
  t.is(uids(presence, NOW)[0], uidOf(0));
  enter(presence, 'ada');
  t.is(uids(presence, NOW + SECOND - 1)[0], uidOf(0));
  t.is(uids(presence, NOW + SECOND)[0], 'ada');
});

test('the first members of a room that has become small are exact at once', (t) => {
  const presence = create(101);
  t.is(uids(presence, NOW)[0], uidOf(0));
  presence.leave({ uid: uidOf(0) }, NOW);
  t.is(uids(presence, NOW)[0], uidOf(1));
});

test('the first members are the same object until something changes, so that their text can be kept', (t) => {
  const presence = create(10);
  const members = presence.firstMembers(NOW, 'hall');
  for (let index = 0; index < 10; index++) enter(presence, uidOf(index), NOW, NOW + SECOND);
  t.is(presence.firstMembers(NOW + SECOND, 'hall'), members);
  presence.leave({ uid: uidOf(9) }, NOW + SECOND);
  t.not(presence.firstMembers(NOW + SECOND, 'hall'), members);
});

test('a room that has emptied and filled again has none of its earlier members', (t) => {
  const presence = create(200);
  t.is(uids(presence, NOW).length, 50);
  for (let index = 0; index < 200; index++) presence.leave({ uid: uidOf(index) }, NOW);
  presence.flush(NOW);
  t.deepEqual(uids(presence, NOW), []);
  enter(presence, 'ada');
  t.deepEqual(uids(presence, NOW), ['ada']);
});
