import test from 'ava';
import fc from 'fast-check';
import type { OnlineVisitor } from '../../../src/protocol/messages.js';
import { LiveRoom } from '../../../src/web/elements/live-room.js';

const TOTALS = { ts: 1, online_total: 2, active_total: 1, idle_total: 1 };

test('a room is its snapshot with the changes since applied', (t) => {
  const room = new LiveRoom();
  room.apply({ ...TOTALS, joined: [{ uid: 'early', status: 'active' }] });
  t.is(room.totals, undefined);
  t.is(room.snapshot(), undefined);
  room.restore({
    ...TOTALS,
    visitors: [
      { uid: 'ada', status: 'active', info: { name: 'Ada' } },
      { uid: 'bob', status: 'active' },
    ],
  });
  room.apply({
    ...TOTALS,
    online_total: 3,
    left: ['ada'],
    idle: ['bob', 'nobody'],
    updated: [{ uid: 'bob', info: { name: 'Bob' } }],
    joined: [{ uid: 'eve', status: 'active' }],
  });
  t.is(room.totals?.online_total, 3);
  t.is(room.statusOf('ada'), undefined);
  t.is(room.statusOf('bob'), 'idle');
  t.deepEqual(room.members(5), [
    { uid: 'eve', status: 'active', info: undefined },
    { uid: 'bob', status: 'idle', info: { name: 'Bob' } },
  ]);
  const other = new LiveRoom();
  other.restore(room.snapshot()!);
  t.deepEqual(other.snapshot(), room.snapshot());
  room.clear();
  t.is(room.totals, undefined);
  t.is(room.statusOf('eve'), undefined);
});

test('the first members are active before idle, each sorted by uid', (t) => {
  const visitor = fc.record({ uid: fc.string(), status: fc.constantFrom('active' as const, 'idle' as const) });
  fc.assert(
    fc.property(
      fc.uniqueArray(visitor, { selector: ({ uid }) => uid }),
      fc.integer({ min: 1, max: 10 }),
      (all, count) => {
        const room = new LiveRoom();
        room.restore({ ...TOTALS, visitors: all as OnlineVisitor[] });
        const key = ({ uid, status }: OnlineVisitor) => `${status} ${uid}`;
        const wanted = all
          .map(key)
          .toSorted((a, b) => (a < b ? -1 : 1))
          .slice(0, count);
        t.deepEqual(room.members(count).map(key), wanted);
      },
    ),
  );
});
