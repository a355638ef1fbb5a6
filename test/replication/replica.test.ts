import test from 'ava';
import type { PresenceSettings } from '../../src/config/settings.js';
import { Presence } from '../../src/presence/presence.js';
import type { HitOperation, LeaveOperation } from '../../src/replication/operations.js';
import { Replica } from '../../src/replication/replica.js';

const settings = {
  onlineWindowMs: 60_000,
  activeWindowMs: 300_000,
  leaveSettleMs: 3000,
  maxVisitors: 3,
  maxRooms: 1,
  maxRoomsPerVisitor: 50,
  lastSeenKeptMs: 86_400_000,
  maxLastSeen: 100_000,
  maxSessions: 32,
};

function createReplica(changed: Partial<PresenceSettings> = {}) {
  const own = { ...settings, ...changed };
  const presence = new Presence(own);
  return { presence, replica: new Replica({ presence, settings: own, origin: 'me' }) };
}

const hitOf = (uid: string, atMs: number, more: Partial<HitOperation> = {}): HitOperation => ({
  kind: 'hit',
  origin: 'other',
  number: atMs,
  uid,
  atMs,
  activityMs: atMs,
  onlineSinceMs: atMs,
  carried: undefined,
  ...more,
});
const leaveOf = (uid: string, atMs: number): LeaveOperation => ({
  kind: 'leave',
  origin: 'other',
  number: atMs,
  uid,
  atMs,
});

test('a leave that is received before an earlier heartbeat still ends it', (t) => {
  const { presence, replica } = createReplica();
  replica.merge(leaveOf('ada', 1000), 1100);
  replica.merge(hitOf('ada', 900), 1200);
  t.is(presence.totals(1300).online, 1);
  t.is(presence.totals(4000).online, 0);
});

test('a heartbeat that is received late does not cancel a later leave', (t) => {
  const { presence, replica } = createReplica();
  replica.merge(hitOf('ada', 0), 0);
  replica.merge(leaveOf('ada', 1000), 1000);
  replica.merge(hitOf('ada', 500), 2000);
  t.is(presence.totals(4000).online, 0);
});

test('a visitor who returns to the site is not back in a room whose page maxSessions displaced on the site', (t) => {
  const { presence, replica } = createReplica({ maxSessions: 1 });
  replica.hit({ uid: 'ada', activityMs: 0, room: 'hall', session: 'one' }, 0);
  replica.hit({ uid: 'ada', activityMs: 0, session: 'two' }, 0);
  replica.leave({ uid: 'ada', session: 'two' }, 0);
  t.is(presence.totals(3000, 'hall').online, 0);
  replica.hit({ uid: 'ada', activityMs: 4000 }, 4000);
  t.is(presence.totals(4000).online, 1);
  t.is(presence.totals(4000, 'hall').online, 0);
});

test('activity since a room ended with the site counts, even where the room had a page with a later end', (t) => {
  const { presence, replica } = createReplica({ maxSessions: 1 });
  replica.merge(hitOf('ada', 0, { room: 'hall', session: 'one' }), 0);
  replica.merge(hitOf('ada', 1, { session: 'two' }), 1);
  replica.leave({ uid: 'ada', session: 'two' }, 2);
  const carried = {
    siteActivityMs: 9000,
    roomActivityMs: 9000,
    info: undefined,
    infoAtMs: 9000,
    invisibleAtMs: undefined,
  };
  replica.merge(hitOf('ada', 10_000, { room: 'hall', activityMs: -400_000, carried }), 10_000);
  t.deepEqual(presence.totals(10_000, 'hall'), { online: 1, active: 1, idle: 0 });
});

test('an operation with a time in the future happens now', (t) => {
  const { presence, replica } = createReplica();
  replica.merge(hitOf('ada', 900_000), 1000);
  t.is(presence.visitor('ada', 1000)?.lastSeenMs, 1000);
  t.is(presence.totals(61_001).online, 0);
});

test('an operation beyond the horizon is ignored', (t) => {
  const { presence, replica } = createReplica();
  replica.merge(hitOf('ada', 0), 64_000);
  t.is(presence.totals(64_000).online, 0);
  t.deepEqual([...replica.operations()], []);
});

test('the limits hold for received operations, and the rest of a refused one is taken', (t) => {
  const { presence, replica } = createReplica();
  for (const uid of ['ada', 'bob', 'cyd']) t.is(replica.merge(hitOf(uid, 0, { room: 'hall' }), 0), undefined);
  t.is(replica.merge(hitOf('dan', 1), 1), 'too_many_visitors');
  t.is(replica.merge(hitOf('ada', 1, { room: 'attic' }), 1), 'too_many_rooms');
  t.is(presence.totals(1).online, 3);
  t.is(replica.hit({ uid: 'eve', activityMs: 2 }, 2), 'too_many_visitors');
});

test('timelines without an operation since the horizon are forgotten', (t) => {
  const { replica } = createReplica();
  for (let number = 0; number < 3; number++) replica.merge(hitOf(`visitor-${number}`, number), number);
  replica.merge(hitOf('visitor-0', 50_000), 50_000);
  replica.forget(64_500);
  t.deepEqual(
    [...replica.operations()].map(({ uid }) => uid),
    ['visitor-0', 'visitor-0'],
  );
});

test('a heartbeat carries earlier info and activity to instances that have not received them', (t) => {
  const { replica } = createReplica();
  const [one, two] = [createReplica(), createReplica()];
  const published = [
    replica.hit({ uid: 'ada', activityMs: 0, info: '{"name":"Ada"}' }, 0),
    replica.hit({ uid: 'ada', activityMs: -400_000, session: 's2' }, 1000),
  ] as HitOperation[];
  for (const operation of published) one.replica.merge(operation, 1000);
  two.replica.merge(published[1]!, 1000);
  for (const { presence } of [one, two]) {
    const { status, info } = presence.visitor('ada', 1000)!;
    t.deepEqual({ status, info }, { status: 'active', info: '{"name":"Ada"}' });
  }
});

test('leaves of unknown visitors are kept up to a limit, and their later heartbeats are taken', (t) => {
  const { presence, replica } = createReplica();
  for (let number = 0; number < 5000; number++) replica.leave({ uid: `stranger-${number}` }, 0);
  t.true([...replica.operations()].length <= 1000);
  t.is(replica.merge(leaveOf('one-more', 0), 0), 'too_many_visitors');
  t.is(replica.merge(hitOf('ada', 0), 0), undefined);
  replica.forget(70_000);
  t.deepEqual([...replica.operations()], []);
  t.not(replica.leave({ uid: 'stranger-1' }, 70_000), undefined);
  t.is(typeof replica.hit({ uid: 'stranger-1', activityMs: 70_001 }, 70_001), 'object');
  t.is(presence.totals(70_001).online, 1);
});

test('visitors who come and go all the time have timelines up to twice the limit', (t) => {
  const { replica } = createReplica();
  let refused = 0;
  for (let number = 0; number < 50; number++) {
    const nowMs = number * 4000;
    if (typeof replica.hit({ uid: `visitor-${number}`, activityMs: nowMs }, nowMs) === 'string') refused++;
    replica.leave({ uid: `visitor-${number}` }, nowMs);
    replica.forget(nowMs);
    t.true(new Set([...replica.operations()].map(({ uid }) => uid)).size <= 6 + 1000);
  }
  t.true(refused > 0);
});

test('a flood of heartbeats under one uid is compacted', (t) => {
  const { presence, replica } = createReplica();
  for (let number = 0; number < 5000; number++) {
    replica.hit({ uid: 'ada', session: `s${number}`, activityMs: number }, number);
  }
  t.true([...replica.operations()].length <= 257);
  t.is(presence.visitor('ada', 5000)?.sessions, 32);
  replica.merge(leaveOf('ada', 5000), 5000);
  t.is(presence.totals(8000).online, 0);
});

test('during the partition grace visitors go offline by a leave only, and soon after it by silence again', (t) => {
  const { presence, replica } = createReplica();
  const online = (nowMs: number) => presence.lists(nowMs).active;
  const at = (nowMs: number) => () => nowMs;
  replica.merge(hitOf('ada', 0), 0);
  replica.merge(hitOf('bob', 0, { session: 's1', room: 'hall' }), 0);
  [...replica.pauseExpiry(at(10_000))];
  replica.hit({ uid: 'cyd', activityMs: 20_000 }, 20_000);
  replica.leave({ uid: 'ada' }, 30_000);
  t.deepEqual(online(32_999), ['ada', 'bob', 'cyd']);
  t.deepEqual(online(33_000), ['bob', 'cyd']);
  replica.forget(200_000);
  t.deepEqual(online(200_000), ['bob', 'cyd']);
  t.is(presence.totals(200_000, 'hall').online, 1);
  t.is(presence.visitor('bob', 200_000)?.sessions, 1);

  replica.merge(hitOf('cyd', 190_000), 200_000);
  [...replica.resumeExpiry(at(200_000))];
  t.deepEqual(online(219_999), ['bob', 'cyd']);
  t.deepEqual(online(220_000), ['cyd']);
  t.is(presence.totals(220_000, 'hall').online, 0);
  t.deepEqual(online(250_001), []);
});

test('during the partition grace a page that leaves is closed, and the other pages stay open', (t) => {
  const { presence, replica } = createReplica();
  replica.merge(hitOf('ada', 0, { session: 's1' }), 0);
  replica.merge(hitOf('ada', 1, { session: 's2' }), 1);
  [...replica.pauseExpiry(() => 10_000)];
  replica.leave({ uid: 'ada', session: 's1' }, 20_000);
  t.is(presence.visitor('ada', 22_999)?.sessions, 2);
  t.is(presence.visitor('ada', 100_000)?.sessions, 1);
  replica.leave({ uid: 'ada', session: 's2' }, 100_000);
  t.is(presence.visitor('ada', 103_000), undefined);
});

test('the partition grace ends after five windows, even without a reconnection', (t) => {
  const { presence, replica } = createReplica();
  replica.merge(hitOf('ada', 0), 0);
  [...replica.pauseExpiry(() => 10_000)];
  [...replica.pauseExpiry(() => 200_000)];
  replica.hit({ uid: 'bob', activityMs: 280_000 }, 280_000);
  t.is(presence.totals(309_999).online, 2);
  t.is(presence.totals(310_000).online, 1);
  [...replica.pauseExpiry(() => 320_000)];
  t.is(presence.totals(340_001).online, 0);
});

test('a heartbeat during the partition grace does not clear other rooms, other pages or info of the visitor', (t) => {
  const { presence, replica } = createReplica();
  replica.merge(hitOf('ada', 0, { session: 's1', room: 'hall', info: '{"name":"Ada"}' }), 0);
  [...replica.pauseExpiry(() => 10_000)];
  for (const atMs of [70_000, 140_000, 210_000]) {
    replica.hit({ uid: 'ada', activityMs: atMs, session: 's2' }, atMs);
    const { sessions, rooms, info } = presence.visitor('ada', atMs)!;
    t.deepEqual({ sessions, rooms, info }, { sessions: 2, rooms: ['hall'], info: '{"name":"Ada"}' });
  }
  [...replica.resumeExpiry(() => 210_000)];
  t.is(presence.visitor('ada', 229_999)?.sessions, 2);
  t.is(presence.visitor('ada', 230_000)?.sessions, 1);
  t.deepEqual(presence.visitor('ada', 230_000)?.rooms, []);
  [...replica.finishGrace(() => 229_999)];
  t.is(presence.visitor('ada', 230_000)?.info, '{"name":"Ada"}');
  [...replica.finishGrace(() => 230_000)];
  t.is(presence.visitor('ada', 230_000)?.info, undefined);
});

test('without other instances there is no partition grace', (t) => {
  const { presence, replica } = createReplica();
  replica.hit({ uid: 'ada', activityMs: 0 }, 0);
  [...replica.pauseExpiry(() => 1000)];
  t.is(presence.totals(60_001).online, 0);
});

test('a heartbeat or leave of one room costs the same in fifty rooms as in one, on its instance and on others', (t) => {
  const costIn = (roomCount: number) => {
    let rulesRead = 0;
    const counting = new Proxy(
      { ...settings, maxRooms: 100, maxVisitors: 100 },
      {
        get: (target, name) => {
          rulesRead++;
          return Reflect.get(target, name);
        },
      },
    );
    const presence = new Presence(counting);
    const replica = new Replica({ presence, settings: counting, origin: 'me' });
    const costOf = (act: () => void) => {
      rulesRead = 0;
      act();
      return rulesRead;
    };
    let nowMs = 0;
    for (let round = 0; round < 2; round++) {
      for (let room = 0; room < roomCount; room++) {
        replica.hit({ uid: 'ada', activityMs: 0, room: `room-${room}` }, ++nowMs);
      }
    }
    for (let count = 0; count < 20; count++) replica.hit({ uid: 'ada', activityMs: 0 }, ++nowMs);
    t.is(presence.roomCount, roomCount);
    return [
      costOf(() => replica.hit({ uid: 'ada', activityMs: 0, room: 'room-0' }, ++nowMs)),
      costOf(() => replica.merge(hitOf('ada', ++nowMs, { room: 'room-0' }), nowMs)),
      costOf(() => replica.merge({ ...leaveOf('ada', ++nowMs), room: 'room-0' }, nowMs)),
    ];
  };
  t.deepEqual(costIn(50), costIn(1));
});
