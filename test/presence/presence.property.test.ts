import test from 'ava';
import fc from 'fast-check';
import type { PresenceSettings } from '../../src/config/settings.js';
import { Presence } from '../../src/presence/presence.js';
import type { Diff } from '../../src/presence/types.js';
import { PresenceModel } from '../support/model.js';

const ROOMS = ['hall', 'attic', 'cellar'];
const SCOPES = [undefined, ...ROOMS];

const settings: fc.Arbitrary<PresenceSettings> = fc.record({
  onlineWindowMs: fc.constantFrom(900, 2000, 60_000),
  activeWindowMs: fc.constantFrom(500, 1700, 300_000),
  leaveSettleMs: fc.constantFrom(0, 300, 3000),
  maxVisitors: fc.constant(1000),
  maxRooms: fc.constant(1000),
  maxRoomsPerVisitor: fc.constantFrom(1, 2, 50),
  lastSeenKeptMs: fc.constantFrom(0, 3000, 86_400_000),
  maxLastSeen: fc.constant(100),
  maxSessions: fc.constantFrom(1, 2, 32),
});

const uid = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'ä', '10', '9');
const room = fc.option(fc.constantFrom(...ROOMS), { nil: undefined });
const session = fc.option(fc.constantFrom('s1', 's2', 's3'), { nil: undefined });
const info = fc.option(fc.constantFrom('{}', '{"name":"A"}', '{"name":"B"}'), { nil: undefined });

const invisible = fc.constantFrom(undefined, undefined, undefined, true, false);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('hit' as const),
      uid,
      room,
      session,
      info,
      invisible,
      agoMs: fc.constantFrom(-50, 0, 10, 499, 501, 1699, 1701, 299_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('leave' as const), uid, room, session }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 1, 7, 299, 300, 301, 499, 500, 900, 901, 1000, 2000, 2001, 3000, 61_000, 400_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('flush some' as const), max: fc.constantFrom(1, 2, 5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('advance' as const), max: fc.constantFrom(1, 2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), uid }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('look' as const) }) },
);

/** The members of one scope as they follow from its diffs alone. */
class DiffFollower {
  readonly #known = new Map<string, { status: string; info: string | undefined }>();

  apply(diff: Diff): void {
    const known = this.#known;
    const mustKnow = (uid: string) => {
      const one = known.get(uid);
      if (one === undefined) throw new Error(`${uid} was not there`);
      return one;
    };
    for (const { uid, status, info } of diff.joined) {
      if (known.has(uid)) throw new Error(`${uid} joined twice`);
      known.set(uid, { status, info });
    }
    for (const { uid } of diff.left) if (!known.delete(uid)) throw new Error(`${uid} left twice`);
    for (const uid of diff.active) mustKnow(uid).status = 'active';
    for (const uid of diff.idle) mustKnow(uid).status = 'idle';
    for (const { uid, info } of diff.updated) mustKnow(uid).info = info;
    const count = (status: string) => [...known.values()].filter((one) => one.status === status).length;
    const counted = { online: known.size, active: count('active'), idle: count('idle') };
    if (JSON.stringify(counted) !== JSON.stringify(diff.totals)) throw new Error('totals differ');
  }

  statuses(): object {
    return Object.fromEntries([...this.#known].map(([uid, { status }]) => [uid, status]));
  }

  known(): object {
    return Object.fromEntries([...this.#known].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

test('presence answers like a model that scans all visitors, at any time and in any order of calls', (t) => {
  fc.assert(
    fc.property(settings, fc.array(step, { minLength: 1, maxLength: 150, size: 'large' }), (rules, steps) => {
      const presence = new Presence(rules);
      const model = new PresenceModel(rules);
      const followers = new Map(SCOPES.map((scope) => [scope, new DiffFollower()]));
      let nowMs = 5_000_000;

      const follow = (diffs: readonly Diff[]) => {
        for (const diff of diffs) followers.get(diff.room)!.apply(diff);
        for (const [scope, follower] of followers) {
          const flushed = presence.flushedMembers(scope).map(({ uid, status }) => [uid, status] as const);
          t.deepEqual(Object.fromEntries(flushed), follower.statuses());
        }
        const onSite = followers.get(undefined)!.statuses();
        for (const [, follower] of followers) for (const uid of Object.keys(follower.statuses())) t.true(uid in onSite);
      };
      const flush = () => {
        follow(presence.flush(nowMs));
        for (const [scope, follower] of followers) t.deepEqual(follower.known(), expectedMembers(model, nowMs, scope));
        const inhabited = ROOMS.filter((name) => model.online(nowMs, name).size > 0);
        t.is(presence.roomCount, inhabited.length);
      };
      for (const each of steps) {
        if (each.do === 'wait') nowMs += each.ms;
        if (each.do === 'hit') {
          const hit = { ...each, activityMs: nowMs - each.agoMs };
          t.is(presence.hit(hit, nowMs), undefined);
          model.hit(hit, nowMs);
        }
        if (each.do === 'leave') {
          presence.leave(each, nowMs);
          model.leave(each, nowMs);
        }
        if (each.do === 'erase') {
          presence.erase(each.uid);
          model.erase(each.uid);
        }
        if (each.do === 'flush') flush();
        if (each.do === 'flush some') follow(presence.flush(nowMs, each.max));
        if (each.do === 'advance') presence.advance(nowMs, each.max);
        if (each.do === 'look') compare(presence, model, nowMs, t.deepEqual.bind(t));
      }
      compare(presence, model, nowMs, t.deepEqual.bind(t));
      flush();
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 1000) },
  );
});

function expectedMembers(model: PresenceModel, nowMs: number, room: string | undefined): object {
  return Object.fromEntries([...model.online(nowMs, room)].map(([uid, { status, info }]) => [uid, { status, info }]));
}

function compare(
  presence: Presence,
  model: PresenceModel,
  nowMs: number,
  same: (actual: unknown, expected: unknown) => void,
): void {
  for (const scope of SCOPES) {
    const online = model.online(nowMs, scope);
    const uids = (status: string) => [...online].filter(([, one]) => one.status === status).map(([uid]) => uid);
    const lists = { active: uids('active'), idle: uids('idle') };
    same(presence.lists(nowMs, scope), lists);
    same(presence.totals(nowMs, scope), { online: online.size, active: lists.active.length, idle: lists.idle.length });
    const members = [...online].map(([uid, { status, info }]) => ({ uid, status, info }));
    same(presence.members(nowMs, scope), members);
    same(
      presence.firstMembers(nowMs, scope),
      ['active', 'idle'].flatMap((status) => members.filter((each) => each.status === status)),
    );
  }
  const online = model.online(nowMs);
  for (const uid of ['a', 'b', 'c', 'd', 'e', 'ä', '10', '9', 'nobody']) {
    const expected = online.get(uid);
    same(presence.status(uid, nowMs), expected?.status ?? 'offline');
    for (const within of [[], ['hall'], ['attic', 'cellar', 'nowhere']]) {
      const isIn = expected?.rooms.some((name) => within.includes(name));
      same(presence.status(uid, nowMs, new Set(within)), isIn ? expected?.status : 'offline');
    }
    same(presence.lastSeen(uid, nowMs), model.lastSeen(uid, nowMs));
    const view = presence.visitor(uid, nowMs);
    if (view === undefined) {
      same(undefined, expected);
    } else {
      const { lastActivityMs: _, idleAtMs: __, ...shown } = view;
      same(shown, expected);
    }
  }
}
