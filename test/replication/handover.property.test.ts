import test from 'ava';
import fc from 'fast-check';
import type { PresenceSettings } from '../../src/config/settings.js';
import { Presence } from '../../src/presence/presence.js';
import {
  decodeLastSeen,
  decodeVisitor,
  encodeLastSeen,
  encodeVisitor,
} from '../../src/replication/handover/visitor-codec.js';
import { checkProperty } from '../support/property.js';

const SETTINGS: PresenceSettings = {
  onlineWindowMs: 2000,
  activeWindowMs: 5000,
  leaveSettleMs: 300,
  maxVisitors: 100,
  maxRooms: 100,
  maxRoomsPerVisitor: 2,
  maxSessions: 2,
  lastSeenKeptMs: 10_000,
  // As many as there are uids: of those who went offline at the same moment, any may give way.
  maxLastSeen: 3,
};

const uid = fc.constantFrom('a', 'b', 'ä');
const room = fc.constantFrom(undefined, 'hall', 'attic', 'cellar');
const session = fc.constantFrom(undefined, 's1', 's2', 's3');
const info = fc.constantFrom(undefined, '{}', '{"name":"A"}');
const invisible = fc.constantFrom(undefined, undefined, true, false);
const agoMs = fc.constantFrom(0, 10, 4999, 60_000);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('hit' as const), uid, room, session, info, invisible, agoMs }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), uid, room, session }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 299, 301, 1000, 1999) }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function run(
  presences: readonly { presence: Presence; offsetMs: number }[],
  steps: readonly Step[],
  fromMs: number,
): number {
  let nowMs = fromMs;
  for (const each of steps) {
    if (each.do === 'wait') nowMs += each.ms;
    else if (each.do === 'leave')
      for (const { presence, offsetMs } of presences) presence.leave(each, nowMs + offsetMs);
    else {
      for (const { presence, offsetMs } of presences) {
        presence.hit({ ...each, activityMs: nowMs - each.agoMs + offsetMs }, nowMs + offsetMs);
      }
    }
  }
  return nowMs;
}

/** Everything that is known of everybody, by a common clock. */
function stateOf(presence: Presence, nowMs: number, offsetMs: number): unknown {
  const placeOf = ({ lastSeenMs, lastActivityMs, endsAtMs, sessions }: { [name: string]: unknown }) => ({
    lastSeenMs: Number(lastSeenMs) - offsetMs,
    lastActivityMs: Number(lastActivityMs) - offsetMs,
    endsAtMs: Number(endsAtMs) - offsetMs,
    sessions: (sessions as { id: string; endsAtMs: number }[] | undefined)?.map((each) => [
      each.id,
      each.endsAtMs - offsetMs,
    ]),
  });
  const visitors = [...presence.states(() => nowMs)].map(({ uid, state }) => ({
    uid,
    site: placeOf({ ...state.site }),
    rooms: [...(state.rooms ?? [])].map(([name, place]) => [name, placeOf({ ...place })] as const).sort(),
    info: state.info,
    isInvisible: state.isInvisible,
    onlineSinceMs: presence.status(uid, nowMs) === 'offline' ? undefined : state.onlineSinceMs - offsetMs,
  }));
  return {
    visitors: visitors.sort((a, b) => (a.uid < b.uid ? -1 : 1)),
    lists: presence.lists(nowMs),
    seen: ['a', 'b', 'ä'].map((each) => {
      const seen = presence.lastSeen(each, nowMs);
      return seen && [seen.lastSeenMs - offsetMs, seen.lastActivityMs - offsetMs];
    }),
    rooms: [undefined, 'hall', 'attic', 'cellar'].map((name) => presence.members(nowMs, name)),
  };
}

test('a process that takes over knows exactly what the other one knew, now and after any heartbeats that follow', (t) => {
  const property = fc.property(
    fc.array(step, { maxLength: 40 }),
    fc.array(step, { maxLength: 20 }),
    fc.constantFrom(-999_000, 0, 12_345),
    (before, after, offsetMs) => {
      const old = new Presence(SETTINGS);
      const nowMs = run([{ presence: old, offsetMs: 0 }], before, 1_000_000);
      const fresh = new Presence(SETTINGS);
      for (const record of old.states(() => nowMs)) {
        const row: unknown = JSON.parse(JSON.stringify(encodeVisitor(record, nowMs)));
        const { uid, state } = decodeVisitor(row, nowMs + offsetMs, nowMs + offsetMs, SETTINGS)!;
        fresh.assign(uid, state, nowMs + offsetMs);
      }
      for (const [uid, seen] of old.lastSeenEntries(nowMs)) {
        const row: unknown = JSON.parse(JSON.stringify(encodeLastSeen(uid, seen, nowMs)));
        fresh.restoreLastSeen(...decodeLastSeen(row, nowMs + offsetMs, nowMs + offsetMs)!, nowMs + offsetMs);
      }
      t.deepEqual(stateOf(fresh, nowMs + offsetMs, offsetMs), stateOf(old, nowMs, 0));
      const both = [
        { presence: old, offsetMs: 0 },
        { presence: fresh, offsetMs },
      ];
      const laterMs = run(both, after, nowMs);
      t.deepEqual(stateOf(fresh, laterMs + offsetMs, offsetMs), stateOf(old, laterMs, 0));
    },
  );
  checkProperty(t, property, { numRuns: 500 });
});

test('of another process, nothing is accepted that would not be accepted from a page', (t) => {
  const decode = (row: unknown) => decodeVisitor(row, 1000, 1000, SETTINGS);
  const rows = [undefined, null, 1, 'a', {}, [], ['a'], ['a', []], ['a', [1, 2]], ['a', [1, 2, '3']], ['', [0, 0, 1]]];
  for (const row of [...rows, [1, [0, 0, 1]], ['a\n', [0, 0, 1]], ['x'.repeat(257), [0, 0, 1]], ['a', [0, null, 1]]]) {
    t.is(decode(row), undefined, JSON.stringify(row));
  }
  const site = decode(['a', [-5000, -9000, 1e9]])!.state.site;
  t.deepEqual(site, { lastSeenMs: 1000, lastActivityMs: 1000, endsAtMs: 3001, sessions: undefined });
  const times = [0, 0, 1000];
  const many = [['bad\n', 1], 7, ...Array.from({ length: 40 }, (_, index) => [`s${index}`, 500])];
  const rooms = ['hall', 'attic', 'cellar'].map((name) => [name, times]);
  t.deepEqual([...decode(['a', times, 0, rooms])!.state.rooms!.keys()], ['hall', 'attic']);
  const { state } = decode(['a', [...times, [['', 400], ...many]], 5, [['', times], ['x', 1], ...rooms], '{"a":[]}'])!;
  t.deepEqual(state.site.sessions, [{ id: '', endsAtMs: 1400 }]);
  t.is(state.rooms, undefined);
  t.is(state.info, undefined);
  t.false(state.isInvisible);
  t.is(decode(['a', times, 0, [], 'no json'])!.state.info, undefined);
});
