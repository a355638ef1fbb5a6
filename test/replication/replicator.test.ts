import test from 'ava';
import { Presence } from '../../src/presence/presence.js';
import { Replica } from '../../src/replication/replica.js';
import { Replicator } from '../../src/replication/replicator.js';
import { MemoryLog } from '../support/memory-log.js';
import { configOf, keepingLog } from '../support/service.js';
import { FakeTime } from '../support/time.js';
import { until } from '../support/until.js';

function createInstance(log: MemoryLog, origin: string, environment: Record<string, string> = {}) {
  const time = new FakeTime();
  const settings = configOf(environment).presence;
  const presence = new Presence(settings);
  const kept = keepingLog();
  const replicator = new Replicator({
    replica: new Replica({ presence, settings, origin }),
    presence,
    origin,
    open: log.open,
    clock: time,
    timers: time,
    random: () => 0.5,
    log: kept.log,
    settings: { periodMs: 150, maxWaitMs: 500, horizonMs: 64_000, maxOutboxOperations: 100 },
  });
  return { time, presence, replicator, logged: kept.logged };
}

test('without a log it works alone, logs that once, and forgets offline visitors', async (t) => {
  const log = new MemoryLog(() => 0);
  log.isBroken = true;
  const { time, presence, replicator, logged } = createInstance(log, 'a', { MAX_VISITORS: '2' });
  await replicator.start();
  t.is(replicator.problem, 'broken by a test');
  for (let number = 0; number < 20; number++) {
    t.is(replicator.hit({ uid: `visitor-${number}`, activityMs: time.nowMs() }, time.nowMs()), undefined);
    time.pass(70_000);
    presence.flush(time.nowMs());
    await new Promise(setImmediate);
  }
  t.is(logged.filter(({ level }) => level === 'error').length, 1);
  await replicator.stop();
});

test('a log that accepts connections and cuts them is tried with a back-off, and logged as one state', async (t) => {
  const log = new MemoryLog(() => 5_000_000);
  log.isCutting = true;
  const { time, replicator, logged } = createInstance(log, 'a');
  await replicator.start();
  const passing = async (durationMs: number) => {
    for (const endMs = time.nowMs() + durationMs; time.nowMs() < endMs; time.pass(50)) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await passing(20_000);
  t.true(log.opened > 5 && log.opened < 25, `${log.opened} connections`);
  const messages = () => logged.map(({ level, message }) => `${level} ${message.slice(0, 22)}`);
  const [shared, lost] = ['info Presence is shared thr', 'error Presence is not shared'];
  // One return is believed at once, the further ones are not. A problem with another text is logged, once.
  const flapping = [shared, lost, shared, lost, lost];
  t.deepEqual(messages(), flapping);
  log.isCutting = false;
  await passing(20_000);
  t.deepEqual(messages(), flapping);
  t.is(replicator.problem, undefined);
  await passing(20_000);
  t.deepEqual(messages(), [...flapping, shared]);
  log.isCutting = true;
  log.opened = 0;
  await passing(500);
  t.true(log.opened >= 1, 'a connection that lasted is replaced at once');
  await replicator.stop();
});

test('operations that could not be published are published after the reconnection', async (t) => {
  const log = new MemoryLog(() => 5_000_000);
  const one = createInstance(log, 'a');
  await one.replicator.start();
  log.isBroken = true;
  one.replicator.hit({ uid: 'ada', activityMs: one.time.nowMs() }, one.time.nowMs());
  one.time.pass(1000);
  await until(() => one.replicator.problem !== undefined);
  log.isBroken = false;
  await until(() => {
    one.time.pass(100);
    return one.replicator.problem === undefined && one.replicator.outbox.size === 0;
  });
  const two = createInstance(log, 'b');
  await two.replicator.start();
  t.is(two.presence.totals(two.time.nowMs()).online, 1);
  for (const { replicator } of [one, two]) await replicator.stop();
});

test('a heartbeat during a long partition clears no info, and the grace ends soon after the reconnection', async (t) => {
  const log = new MemoryLog(() => 5_000_000);
  const [one, two] = [createInstance(log, 'a'), createInstance(log, 'b')];
  for (const { replicator } of [one, two]) await replicator.start();
  const { time, presence, replicator } = one;
  const visitor = () => presence.visitor('ada', time.nowMs());
  two.replicator.hit({ uid: 'ada', activityMs: two.time.nowMs(), info: '{"name":"Ada"}' }, two.time.nowMs());
  await two.replicator.stop();
  await until(() => {
    time.pass(100);
    return visitor() !== undefined;
  });
  log.isBroken = true;
  await until(() => {
    time.pass(100);
    return replicator.problem !== undefined;
  });
  await new Promise(setImmediate);
  time.pass(70_000);
  replicator.hit({ uid: 'ada', activityMs: time.nowMs() }, time.nowMs());
  t.is(visitor()?.info, '{"name":"Ada"}');
  log.isBroken = false;
  await until(() => {
    time.pass(100);
    return replicator.problem === undefined;
  });
  await new Promise(setImmediate);
  time.pass(10_000);
  t.is(visitor()?.info, '{"name":"Ada"}');
  // A third of the window, and then at most until the next housekeeping.
  time.pass(15_000);
  t.is(visitor()?.info, undefined);
  await replicator.stop();
});

test('what changes something is published at once and then gathered; a heartbeat that changes nothing may wait', async (t) => {
  const log = new MemoryLog(() => 5_000_000);
  const { time, replicator } = createInstance(log, 'a');
  await replicator.start();
  const hit = (uid: string) => replicator.hit({ uid, activityMs: time.nowMs() }, time.nowMs());
  const publishedAfter = async (ms: number) => {
    time.pass(ms);
    // The append takes some turns of the event loop.
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    return log.entries.length;
  };
  const before = await publishedAfter(5000);
  hit('ada');
  t.is(await publishedAfter(1), before + 1);
  for (const uid of ['bob', 'eve']) hit(uid);
  t.is(await publishedAfter(148), before + 1);
  t.is(await publishedAfter(2), before + 2, 'both in one entry');
  for (const uid of ['ada', 'bob']) hit(uid);
  t.is(await publishedAfter(490), before + 2);
  t.is(await publishedAfter(20), before + 3);
  hit('ada');
  hit('cyd');
  t.is(await publishedAfter(150), before + 4, 'the one that waits goes with the next');
  t.is(replicator.outbox.size, 0);
  await replicator.stop();
});

test('a change during a publication is published one period later', async (t) => {
  const log = new MemoryLog(() => 5_000_000);
  const { time, replicator } = createInstance(log, 'a');
  await replicator.start();
  const hit = (uid: string) => replicator.hit({ uid, activityMs: time.nowMs() }, time.nowMs());
  const turns = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  };
  await turns();
  time.pass(5000);
  await turns();
  const before = log.entries.length;
  let open = () => {};
  log.gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  hit('ada');
  time.pass(1);
  await turns();
  t.is(replicator.outbox.size, 0);
  hit('bob');
  time.pass(200);
  await turns();
  t.is(log.entries.length, before);
  open();
  await turns();
  time.pass(150);
  await turns();
  t.is(log.entries.length, before + 2);
  await replicator.stop();
});

test('an append that is under way is completed before it stops', async (t) => {
  const log = new MemoryLog(() => 5_000_000);
  const { time, replicator } = createInstance(log, 'a');
  await replicator.start();
  const before = log.entries.length;
  let open = () => {};
  log.gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  replicator.hit({ uid: 'ada', activityMs: time.nowMs() }, time.nowMs());
  // The outbox has been taken, and the entry is not added yet.
  await until(() => {
    time.pass(500);
    return replicator.outbox.size === 0;
  });
  const stopped = replicator.stop();
  await new Promise(setImmediate);
  open();
  await stopped;
  t.is(log.entries.length, before + 1);
});
