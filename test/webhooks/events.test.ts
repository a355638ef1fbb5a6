import test from 'ava';
import { Presence } from '../../src/presence/presence.js';
import type { Diff } from '../../src/presence/types.js';
import { WEBHOOK_EVENT_TYPES } from '../../src/protocol/webhook-events.js';
import { eventsOf } from '../../src/webhooks/events.js';
import { configOf } from '../support/service.js';

const TYPES = new Set(WEBHOOK_EVENT_TYPES);

test('a leave tells how long the visit was, from its first to its last heartbeat', (t) => {
  const presence = new Presence(configOf().presence);
  presence.hit({ uid: 'ada', activityMs: 0 }, 0);
  presence.flush(0);
  presence.hit({ uid: 'ada', activityMs: 0 }, 30_500);
  const [event, ...more] = eventsOf(presence.flush(200_000), '2026-11-24T12:16:14.000Z', TYPES);
  t.deepEqual(more, []);
  t.deepEqual(JSON.parse(event!), {
    type: 'visitor.left',
    timestamp: '2026-11-24T12:16:14.000Z',
    data: { uid: 'ada', status: 'offline', online_seconds: 30.5 },
  });
});

test('who comes and goes within one flush is in no event', (t) => {
  const presence = new Presence(configOf({ LEAVE_SETTLE_SECONDS: '0' }).presence);
  presence.hit({ uid: 'ada', activityMs: 0 }, 0);
  presence.leave({ uid: 'ada' }, 10);
  t.deepEqual(eventsOf(presence.flush(20), '', TYPES), []);
});

test('a room is occupied by the first to enter, and vacated by the last to leave', (t) => {
  const presence = new Presence(configOf({ LEAVE_SETTLE_SECONDS: '0' }).presence);
  const told = (diffs: readonly Diff[]) =>
    eventsOf(diffs, '', TYPES)
      .map((text) => JSON.parse(text))
      .map(({ type, data }) => [type, data.room, data.uid].filter(Boolean).join(' '));
  presence.hit({ uid: 'ada', room: 'hall', activityMs: 0 }, 0);
  t.deepEqual(told(presence.flush(0)), ['visitor.joined ada', 'room.occupied hall', 'room.joined hall ada']);
  presence.hit({ uid: 'bob', room: 'hall', activityMs: 0 }, 10);
  t.deepEqual(told(presence.flush(10)), ['visitor.joined bob', 'room.joined hall bob']);
  presence.leave({ uid: 'ada', room: 'hall' }, 20);
  t.deepEqual(told(presence.flush(20)), ['room.left hall ada']);
  presence.leave({ uid: 'bob' }, 30);
  t.deepEqual(told(presence.flush(30)), ['room.left hall bob', 'room.vacated hall', 'visitor.left bob']);
});
