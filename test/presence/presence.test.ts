import test from 'ava';
import type { PresenceSettings } from '../../src/config/settings.js';
import { Presence } from '../../src/presence/presence.js';

const SETTINGS: PresenceSettings = {
  onlineWindowMs: 60_000,
  activeWindowMs: 300_000,
  leaveSettleMs: 3000,
  maxVisitors: 100,
  maxRooms: 2,
  maxRoomsPerVisitor: 50,
  lastSeenKeptMs: 86_400_000,
  maxLastSeen: 100_000,
  maxSessions: 32,
};
const NOW = 1_000_000;

const create = (changed: Partial<PresenceSettings> = {}) => new Presence({ ...SETTINGS, ...changed });
const hit = (uid: string, activityMs = NOW) => ({ uid, activityMs });

test('a visitor is online up to and including 60 s after the last heartbeat', (t) => {
  const presence = create();
  presence.hit(hit('ada'), NOW);
  t.is(presence.totals(NOW + 60_000).online, 1);
  t.is(presence.totals(NOW + 60_001).online, 0);
});

test('a visitor is active up to and including 5 min after the last activity', (t) => {
  const presence = create();
  presence.hit(hit('ada', NOW - 300_000), NOW);
  t.deepEqual(presence.lists(NOW), { active: ['ada'], idle: [] });
  t.deepEqual(presence.lists(NOW + 1), { active: [], idle: ['ada'] });
});

test('an activity in the future counts as now', (t) => {
  const presence = create();
  presence.hit(hit('ada', NOW + 1_000_000), NOW);
  t.is(presence.visitor('ada', NOW)?.lastActivityMs, NOW);
});

test('a heartbeat with an older activity does not replace a newer one', (t) => {
  const presence = create();
  presence.hit(hit('ada', NOW), NOW);
  presence.hit(hit('ada', NOW - 400_000), NOW + 1);
  t.is(presence.visitor('ada', NOW + 1)?.status, 'active');
});

test('a heartbeat that changes nothing changes no version and is in no diff', (t) => {
  const presence = create();
  presence.hit(hit('ada'), NOW);
  presence.flush(NOW);
  const version = presence.version(NOW);
  presence.hit(hit('ada', NOW + 30_000), NOW + 30_000);
  t.is(presence.version(NOW + 30_000), version);
  t.deepEqual(presence.flush(NOW + 30_000), []);
});

test('the lists are the same object until something changes', (t) => {
  const presence = create();
  presence.hit(hit('ada'), NOW);
  const lists = presence.lists(NOW);
  presence.hit(hit('ada'), NOW + 10);
  t.is(presence.lists(NOW + 10), lists);
  presence.hit(hit('bob'), NOW + 20);
  t.not(presence.lists(NOW + 20), lists);
});

test('at the limit new visitors are refused until one goes offline, and online ones are accepted', (t) => {
  const presence = create({ maxVisitors: 2 });
  presence.hit(hit('ada'), NOW);
  presence.hit(hit('bob'), NOW + 1000);
  t.is(presence.hit(hit('eve'), NOW + 2000), 'too_many_visitors');
  t.is(presence.hit(hit('ada'), NOW + 2000), undefined);
  t.deepEqual(presence.lists(NOW + 2000).active, ['ada', 'bob']);
  t.is(presence.hit(hit('eve'), NOW + 61_000), 'too_many_visitors');
  t.is(presence.hit(hit('eve'), NOW + 61_001), undefined);
  t.deepEqual(presence.lists(NOW + 61_001).active, ['ada', 'eve']);
});

test('a visitor who went offline since the last flush cannot return beyond the limit', (t) => {
  const presence = create({ maxVisitors: 2, leaveSettleMs: 0 });
  presence.hit(hit('ada'), NOW);
  presence.hit(hit('bob'), NOW);
  presence.leave({ uid: 'ada' }, NOW);
  presence.hit(hit('eve'), NOW);
  t.is(presence.hit(hit('ada'), NOW), 'too_many_visitors');
  t.deepEqual(presence.lists(NOW).active, ['bob', 'eve']);
});

test('visitors who come and go between two flushes take twice the limit at most', (t) => {
  const presence = create({ maxVisitors: 10, leaveSettleMs: 0 });
  let accepted = 0;
  for (let index = 0; index < 1000; index++) {
    if (presence.hit(hit(`flood-${index}`), NOW) === undefined) accepted++;
    presence.leave({ uid: `flood-${index}` }, NOW);
  }
  t.is(accepted, 20);
  t.deepEqual(presence.flush(NOW), []);
  t.is(presence.hit(hit('next'), NOW), undefined);
});

test('rooms are limited and removed when empty, and a refused heartbeat changes nothing', (t) => {
  const presence = create();
  presence.hit({ ...hit('ada'), room: 'hall' }, NOW);
  presence.hit({ ...hit('bob'), room: 'attic' }, NOW);
  t.is(presence.hit({ ...hit('eve'), room: 'cellar' }, NOW), 'too_many_rooms');
  t.is(presence.visitor('eve', NOW), undefined);
  presence.leave({ uid: 'bob', room: 'attic' }, NOW);
  presence.flush(NOW + 3000);
  t.is(presence.roomCount, 1);
  t.is(presence.hit({ ...hit('eve'), room: 'cellar' }, NOW + 3000), undefined);
  t.deepEqual(presence.visitor('eve', NOW + 3000)?.rooms, ['cellar']);
});

test('room memberships are limited like visitors', (t) => {
  const presence = create({ maxVisitors: 2 });
  presence.hit({ ...hit('ada'), room: 'hall' }, NOW);
  presence.hit({ ...hit('ada'), room: 'attic' }, NOW);
  t.is(presence.hit({ ...hit('bob'), room: 'hall' }, NOW), 'too_many_visitors');
  t.is(presence.hit(hit('bob'), NOW), undefined);
});

test('closing one of two pages keeps the visitor online, closing both does not', (t) => {
  const presence = create();
  presence.hit({ ...hit('ada'), session: 'phone' }, NOW);
  presence.hit({ ...hit('ada'), session: 'laptop' }, NOW);
  presence.leave({ uid: 'ada', session: 'phone' }, NOW);
  t.is(presence.visitor('ada', NOW + 10_000)?.sessions, 1);
  presence.leave({ uid: 'ada', session: 'laptop' }, NOW + 10_000);
  t.is(presence.totals(NOW + 12_999).online, 1);
  t.is(presence.totals(NOW + 13_000).online, 0);
});

test('a heartbeat within the settling time cancels a leave, and no diff shows the leave', (t) => {
  const presence = create();
  presence.hit(hit('ada'), NOW);
  presence.flush(NOW);
  presence.leave({ uid: 'ada' }, NOW + 10);
  t.deepEqual(presence.flush(NOW + 2000), []);
  presence.hit(hit('ada'), NOW + 3009);
  t.deepEqual(presence.flush(NOW + 30_000), []);
});

test('a leave of an unknown visitor, session or room changes nothing', (t) => {
  const presence = create();
  presence.hit({ ...hit('ada'), room: 'hall', session: 'one' }, NOW);
  presence.leave({ uid: 'bob' }, NOW);
  presence.leave({ uid: 'ada', session: 'two' }, NOW);
  presence.leave({ uid: 'ada', room: 'attic' }, NOW);
  t.is(presence.visitor('ada', NOW + 60_000)?.sessions, 1);
  t.deepEqual(presence.visitor('ada', NOW + 60_000)?.rooms, ['hall']);
});

test('off the site is off every room, even where the room has a page that maxSessions displaced on the site', (t) => {
  const presence = create({ maxSessions: 1 });
  presence.hit({ ...hit('ada'), room: 'hall', session: 'one' }, NOW);
  presence.hit({ ...hit('ada'), session: 'two' }, NOW);
  presence.leave({ uid: 'ada', session: 'two' }, NOW);
  t.is(presence.totals(NOW + 2999, 'hall').online, 1);
  t.is(presence.totals(NOW + 3000).online, 0);
  t.is(presence.totals(NOW + 3000, 'hall').online, 0);
});

test('the table grows beyond its initial capacity and keeps all visitors', (t) => {
  const presence = create({ maxVisitors: 10_000 });
  for (let index = 0; index < 5000; index++) presence.hit({ ...hit(`v${index}`), room: 'hall' }, NOW + index);
  t.is(presence.totals(NOW + 5000).online, 5000);
  t.is(presence.totals(NOW + 60_000, 'hall').online, 5000);
  t.is(presence.totals(NOW + 61_000).online, 4000);
  t.is(presence.lists(NOW + 62_500).active.length, 2500);
  presence.flush(NOW + 70_000);
  t.is(presence.totals(NOW + 70_000).online, 0);
  t.is(presence.roomCount, 0);
});

test('invisible visitors are bounded in number, and freed when they go offline', (t) => {
  const presence = create();
  for (const atMs of [NOW, NOW + 120_000]) {
    for (let number = 0; number < 200; number++) {
      const room = number < 100 ? 'hall' : undefined;
      t.is(presence.hit({ ...hit(`visitor-${number}-${atMs}`), room, invisible: true }, atMs), undefined);
    }
    t.is(presence.hit(hit('one more'), atMs), 'too_many_visitors');
    t.is(presence.roomCount, 0);
    t.deepEqual(presence.flush(atMs + 60_001), []);
  }
});
