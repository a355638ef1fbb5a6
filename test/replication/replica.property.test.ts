import test from 'ava';
import fc from 'fast-check';
import type { PresenceSettings } from '../../src/config/settings.js';
import { Presence } from '../../src/presence/presence.js';
import type { Diff } from '../../src/presence/types.js';
import { compareOperations, horizonMs, type Operation } from '../../src/replication/operations.js';
import { Replica } from '../../src/replication/replica.js';

const ROOMS = ['hall', 'attic', 'cellar'];
const SCOPES = [undefined, ...ROOMS];
const UIDS = ['a', 'b', 'c'];
const ORIGINS = ['one', 'two', 'three'];

const settings: fc.Arbitrary<PresenceSettings> = fc.record({
  onlineWindowMs: fc.constantFrom(2000, 5000),
  activeWindowMs: fc.constantFrom(500, 1700, 300_000),
  leaveSettleMs: fc.constantFrom(0, 300),
  maxVisitors: fc.constant(1000),
  maxRooms: fc.constant(1000),
  maxRoomsPerVisitor: fc.constantFrom(1, 2, 50),
  lastSeenKeptMs: fc.constantFrom(0, 3000, 86_400_000),
  maxLastSeen: fc.constant(100),
  maxSessions: fc.constantFrom(1, 2, 32),
});

const where = fc.constantFrom(0, 1, 2);
const uid = fc.constantFrom(...UIDS);
const room = fc.option(fc.constantFrom(...ROOMS), { nil: undefined });
const session = fc.option(fc.constantFrom('s1', 's2'), { nil: undefined });
const info = fc.option(fc.constantFrom('{}', '{"name":"A"}', '{"name":"B"}'), { nil: undefined });

const invisible = fc.constantFrom(undefined, undefined, undefined, true, false);

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
      invisible,
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
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), where, uid }) },
  // Delivers one operation to an instance: any of those in its mail, in any order, perhaps twice.
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      where,
      which: fc.nat({ max: 1000 }),
      again: fc.boolean(),
    }),
  },
);

const stepOrPartition = fc.oneof(
  { weight: 10, arbitrary: step },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('pause expiry' as const, 'resume expiry' as const), where }),
  },
  // Without it, some operation is nearly always undelivered, and no silence gets longer than the window.
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deliver all' as const), where }) },
);

class Instance {
  readonly presence: Presence;
  readonly replica: Replica;
  /** Operations of the other instances that were not delivered yet. */
  readonly mail: Operation[] = [];
  /** The members of each scope as they follow from its diffs alone. */
  readonly followed = new Map<string | undefined, Map<string, string>>(SCOPES.map((scope) => [scope, new Map()]));

  constructor(rules: PresenceSettings, origin: string) {
    this.presence = new Presence(rules);
    this.replica = new Replica({ presence: this.presence, settings: rules, origin });
  }

  flush(nowMs: number): void {
    for (const diff of this.presence.flush(nowMs)) fold(this.followed.get(diff.room)!, diff);
  }
}

function fold(members: Map<string, string>, { joined, left, active, idle, updated }: Diff): void {
  for (const { uid, status, info } of joined) {
    if (members.has(uid)) throw new Error(`${uid} joined twice`);
    members.set(uid, `${status} ${info}`);
  }
  for (const { uid } of left) if (!members.delete(uid)) throw new Error(`${uid} left twice`);
  const change = (uid: string, part: 0 | 1, value: string) => {
    const parts = members.get(uid)!.split(' ');
    parts[part] = value;
    members.set(uid, parts.join(' '));
  };
  for (const uid of active) change(uid, 0, 'active');
  for (const uid of idle) change(uid, 0, 'idle');
  for (const { uid, info } of updated) change(uid, 1, String(info));
}

const shown = (presence: Presence, nowMs: number) => ({
  members: SCOPES.map((scope) => presence.members(nowMs, scope)),
  totals: SCOPES.map((scope) => presence.totals(nowMs, scope)),
  visitors: UIDS.map((each) => presence.visitor(each, nowMs)),
});

/** A single instance that has taken all operations in order. */
function takeAllInOrder(rules: PresenceSettings, all: readonly { taken: Operation }[]): Presence {
  const presence = new Presence(rules);
  for (const operation of all.map(({ taken }) => taken).sort(compareOperations)) {
    if (operation.kind === 'hit') presence.hit(operation, operation.atMs);
    else if (operation.kind === 'leave') presence.leave(operation, operation.atMs);
    else presence.erase(operation.uid);
  }
  return presence;
}

type Step = typeof stepOrPartition extends fc.Arbitrary<infer Kind> ? Kind : never;

function run(rules: PresenceSettings, steps: readonly Step[]) {
  const instances = ORIGINS.map((origin) => new Instance(rules, origin));
  /** As they were published, and as they were taken from pages. */
  const all: { published: Operation; taken: Operation }[] = [];
  const publish = (published: Operation, taken: Operation, from: Instance) => {
    all.push({ published, taken });
    for (const other of instances) if (other !== from) other.mail.push(published);
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
      // Nothing is delivered beyond the horizon; another test covers that.
      const oldest = Math.min(...instances.flatMap(({ mail }) => mail.map(({ atMs }) => atMs)));
      if (nowMs + each.ms - oldest > rules.onlineWindowMs) continue;
      nowMs += each.ms;
      continue;
    }
    const instance = instances[each.where]!;
    if (each.do === 'hit') {
      const published = instance.replica.hit({ ...each, activityMs: nowMs - each.agoMs }, nowMs);
      if (typeof published === 'string') throw new Error(published);
      publish(published, { ...published, carried: undefined }, instance);
    }
    if (each.do === 'leave') {
      const published = instance.replica.leave(each, nowMs)!;
      publish(published, published, instance);
    }
    if (each.do === 'erase') {
      const published = instance.replica.erase(each.uid, nowMs);
      publish(published, published, instance);
    }
    if (each.do === 'flush') instance.flush(nowMs);
    if (each.do === 'deliver') deliver(instance, each.which, each.again);
    if (each.do === 'deliver all') {
      for (const every of instances) while (every.mail.length > 0) deliver(every, 0, false);
    }
    if (each.do === 'pause expiry') [...instance.replica.pauseExpiry(() => nowMs)];
    if (each.do === 'resume expiry') [...instance.replica.resumeExpiry(() => nowMs)];
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

test('three instances that receive all operations, in any order, late or twice, end like one that took them in order', (t) => {
  fc.assert(
    fc.property(settings, steps, fc.constantFrom(0, 1, 600, 2500, 9000), (rules, script, laterMs) => {
      const { instances, all, nowMs } = run(rules, script);
      const endMs = nowMs + laterMs;
      const expected = shown(takeAllInOrder(rules, all), endMs);
      for (const instance of instances) {
        t.deepEqual(shown(instance.presence, endMs), expected);
        instance.flush(endMs);
        for (const scope of SCOPES) {
          const members = instance.presence.members(endMs, scope);
          const truth = members.map(({ uid: who, status, info: what }) => [who, `${status} ${what}`] as const);
          t.deepEqual([...instance.followed.get(scope)!].sort(), truth);
        }
      }
    }),
    runs,
  );
});

test('after any number of partitions, all instances agree a third of a window after the last one', (t) => {
  const script = fc.array(stepOrPartition, { minLength: 1, maxLength: 120, size: 'large' });
  fc.assert(
    fc.property(settings, script, fc.constantFrom(1700, 9000), (rules, each, laterMs) => {
      const { instances, all, nowMs } = run(rules, each);
      const endMs = nowMs + laterMs;
      const expected = shown(takeAllInOrder(rules, all), endMs);
      for (const { presence, replica } of instances) {
        [...replica.finishGrace(() => endMs)];
        t.deepEqual(shown(presence, endMs), expected);
      }
    }),
    runs,
  );
});

test('an instance that starts later and receives the operations since the horizon shows the same visitors and pages', (t) => {
  fc.assert(
    fc.property(settings, steps, (rules, script) => {
      const { instances, all, nowMs } = run(rules, script);
      const [old] = instances.map(({ presence }) => shown(presence, nowMs));
      for (const instance of instances) t.deepEqual(shown(instance.presence, nowMs), old);
      const late = new Instance(rules, 'late');
      for (const { published } of all) {
        if (published.atMs > nowMs - horizonMs(rules)) late.replica.merge(published, nowMs);
      }
      const uids = (presence: Presence) =>
        SCOPES.map((scope) => presence.members(nowMs, scope).map(({ uid: who }) => who));
      t.deepEqual(uids(late.presence), uids(instances[0]!.presence));
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
