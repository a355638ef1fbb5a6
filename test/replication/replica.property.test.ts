import test from 'ava';
import fc from 'fast-check';
import type { PresenceSettings } from '../../src/config/settings.js';
import { Presence } from '../../src/presence/presence.js';
import type { Diff } from '../../src/presence/types.js';
import { compareOperations, horizonMs, type Operation } from '../../src/replication/operations.js';
import { Replica } from '../../src/replication/replica.js';

const ROOMS = ['hall', 'attic'];
const PLACES = [undefined, ...ROOMS];
const UIDS = ['a', 'b', 'c'];
const ORIGINS = ['one', 'two', 'three'];

const settings: fc.Arbitrary<PresenceSettings> = fc.record({
  onlineWindowMs: fc.constantFrom(2000, 5000),
  activeWindowMs: fc.constantFrom(500, 1700, 300_000),
  leaveSettleMs: fc.constantFrom(0, 300),
  maxVisitors: fc.constant(1000),
  maxRooms: fc.constant(1000),
  maxSessions: fc.constantFrom(1, 2, 32),
});

const where = fc.constantFrom(0, 1, 2);
const uid = fc.constantFrom(...UIDS);
const room = fc.option(fc.constantFrom(...ROOMS), { nil: undefined });
const session = fc.option(fc.constantFrom('s1', 's2'), { nil: undefined });
const info = fc.option(fc.constantFrom('{}', '{"name":"A"}', '{"name":"B"}'), { nil: undefined });

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('hit' as const),
      where,
      uid,
      room,
      session,
      info,
      agoMs: fc.constantFrom(0, 10, 499, 501, 1701),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('leave' as const), where, uid, room, session }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 1, 299, 301, 500, 900, 1999, 2001, 6000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('flush' as const), where }) },
  // Tells one instance something that another has heard: any of what it has not been told, in any order, perhaps twice.
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('tell' as const),
      where,
      which: fc.nat({ max: 1000 }),
      again: fc.boolean(),
    }),
  },
);

const stepOrLoss = fc.oneof(
  { weight: 10, arbitrary: step },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'regain' as const), where }) },
  // Without it, something is nearly always on its way, and silence never gets longer than the window.
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deliver all' as const), where }) },
);

class Instance {
  readonly presence: Presence;
  readonly replica: Replica;
  readonly mail: Operation[] = [];
  /** What a follower of each place believes. */
  readonly believed = new Map<string | undefined, Map<string, string>>(PLACES.map((place) => [place, new Map()]));

  constructor(rules: PresenceSettings, origin: string) {
    this.presence = new Presence(rules);
    this.replica = new Replica({ presence: this.presence, settings: rules, origin });
  }

  flush(nowMs: number): void {
    for (const changes of this.presence.flush(nowMs)) fold(this.believed.get(changes.room)!, changes);
  }
}

function fold(believed: Map<string, string>, { joined, left, active, idle, updated }: Diff): void {
  for (const { uid, status, info } of joined) {
    if (believed.has(uid)) throw new Error(`${uid} joined twice`);
    believed.set(uid, `${status} ${info}`);
  }
  for (const uid of left) if (!believed.delete(uid)) throw new Error(`${uid} left twice`);
  const change = (uid: string, part: 0 | 1, value: string) => {
    const parts = believed.get(uid)!.split(' ');
    parts[part] = value;
    believed.set(uid, parts.join(' '));
  };
  for (const uid of active) change(uid, 0, 'active');
  for (const uid of idle) change(uid, 0, 'idle');
  for (const { uid, info } of updated) change(uid, 1, String(info));
}

const shown = (presence: Presence, nowMs: number) => ({
  members: PLACES.map((place) => presence.members(nowMs, place)),
  totals: PLACES.map((place) => presence.totals(nowMs, place)),
  visitors: UIDS.map((each) => presence.visitor(each, nowMs)),
});

/** Like a process of its own that has heard everything in its order. */
function hearAll(rules: PresenceSettings, all: readonly { said: Operation }[]): Presence {
  const presence = new Presence(rules);
  for (const operation of all.map(({ said }) => said).sort(compareOperations)) {
    if (operation.kind === 'hit') presence.hit(operation, operation.atMs);
    else presence.leave(operation, operation.atMs);
  }
  return presence;
}

type Step = typeof stepOrLoss extends fc.Arbitrary<infer Kind> ? Kind : never;

function run(rules: PresenceSettings, steps: readonly Step[]) {
  const instances = ORIGINS.map((origin) => new Instance(rules, origin));
  /** As it was told, and as it was said. */
  const all: { told: Operation; said: Operation }[] = [];
  const spread = (told: Operation, said: Operation, from: Instance) => {
    all.push({ told, said });
    for (const other of instances) if (other !== from) other.mail.push(told);
  };
  let nowMs = 5_000_000;
  const deliver = (instance: Instance, which: number, again: boolean) => {
    const { mail } = instance;
    if (mail.length === 0) return;
    const [operation] = again ? [mail[which % mail.length]!] : mail.splice(which % mail.length, 1);
    instance.replica.merge(operation!, nowMs);
  };
  for (const each of steps) {
    if (each.do === 'wait') {
      // Nothing is told so late that it is passed over; that is the subject of a test of its own.
      const oldest = Math.min(...instances.flatMap(({ mail }) => mail.map(({ atMs }) => atMs)));
      if (nowMs + each.ms - oldest > rules.onlineWindowMs) continue;
      nowMs += each.ms;
      continue;
    }
    const instance = instances[each.where]!;
    if (each.do === 'hit') {
      const told = instance.replica.hit({ ...each, activityMs: nowMs - each.agoMs }, nowMs);
      if (typeof told === 'string') throw new Error(told);
      spread(told, { ...told, carried: undefined }, instance);
    }
    if (each.do === 'leave') {
      const told = instance.replica.leave(each, nowMs)!;
      spread(told, told, instance);
    }
    if (each.do === 'flush') instance.flush(nowMs);
    if (each.do === 'tell') deliver(instance, each.which, each.again);
    if (each.do === 'deliver all')
      for (const every of instances) while (every.mail.length > 0) deliver(every, 0, false);
    if (each.do === 'lose') [...instance.replica.pauseExpiry(() => nowMs)];
    if (each.do === 'regain') [...instance.replica.resumeExpiry(() => nowMs)];
  }
  for (const instance of instances) {
    while (instance.mail.length > 0) deliver(instance, instance.mail.length * 7, false);
    [...instance.replica.resumeExpiry(() => nowMs)];
    instance.replica.forget(nowMs);
  }
  return { instances, all, nowMs };
}

const runs = { numRuns: Number(process.env.PROPERTY_RUNS ?? 1500) };
const steps = fc.array(step, { minLength: 1, maxLength: 120, size: 'large' });

test('three instances that are told everything, in any order, late or twice, end as one that heard it all', (t) => {
  fc.assert(
    fc.property(settings, steps, fc.constantFrom(0, 1, 600, 2500, 9000), (rules, script, laterMs) => {
      const { instances, all, nowMs } = run(rules, script);
      const endMs = nowMs + laterMs;
      const expected = shown(hearAll(rules, all), endMs);
      for (const instance of instances) {
        t.deepEqual(shown(instance.presence, endMs), expected);
        instance.flush(endMs);
        for (const place of PLACES) {
          const members = instance.presence.members(endMs, place);
          const truth = members.map(({ uid: who, status, info: what }) => [who, `${status} ${what}`] as const);
          t.deepEqual([...instance.believed.get(place)!].sort(), truth);
        }
      }
    }),
    runs,
  );
});

test('however often the others cannot be heard, a third of a window after the last time all know the same again', (t) => {
  const script = fc.array(stepOrLoss, { minLength: 1, maxLength: 120, size: 'large' });
  fc.assert(
    fc.property(settings, script, fc.constantFrom(1700, 9000), (rules, each, laterMs) => {
      const { instances, all, nowMs } = run(rules, each);
      const endMs = nowMs + laterMs;
      const expected = shown(hearAll(rules, all), endMs);
      for (const { presence, replica } of instances) {
        [...replica.finishGrace(() => endMs)];
        t.deepEqual(shown(presence, endMs), expected);
      }
    }),
    runs,
  );
});

test('an instance that comes later and is told what is not too old knows who is there and who is not', (t) => {
  fc.assert(
    fc.property(settings, steps, (rules, script) => {
      const { instances, all, nowMs } = run(rules, script);
      const [old] = instances.map(({ presence }) => shown(presence, nowMs));
      for (const instance of instances) t.deepEqual(shown(instance.presence, nowMs), old);
      const late = new Instance(rules, 'late');
      for (const { told } of all) if (told.atMs > nowMs - horizonMs(rules)) late.replica.merge(told, nowMs);
      const people = (presence: Presence) =>
        PLACES.map((place) => presence.members(nowMs, place).map(({ uid: who }) => who));
      t.deepEqual(people(late.presence), people(instances[0]!.presence));
      const pages = (presence: Presence) =>
        UIDS.map((each) => {
          const { sessions, rooms, lastSeenMs, offlineAtMs } = presence.visitor(each, nowMs) ?? {};
          return { sessions, rooms, lastSeenMs, offlineAtMs };
        });
      t.deepEqual(pages(late.presence), pages(instances[0]!.presence));
    }),
    runs,
  );
});
