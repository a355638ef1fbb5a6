import test from 'ava';
import { Lease, type LeaseStore } from '../../src/webhooks/lease.js';
import { keepingLog } from '../support/service.js';
import { FakeTime } from '../support/time.js';

/** A store in memory, on the clock that it is given. */
class MemoryStore {
  isBroken = false;
  #holder: string | undefined;
  #untilMs = 0;
  readonly #time: FakeTime;

  constructor(time: FakeTime) {
    this.#time = time;
  }

  readonly store: LeaseStore = {
    claim: async (holder, durationMs) => {
      if (this.isBroken) throw new Error('broken by a test');
      const nowMs = this.#time.nowMs();
      if (this.#holder !== holder && this.#untilMs > nowMs) return false;
      this.#holder = holder;
      this.#untilMs = nowMs + durationMs;
      return true;
    },
    close: () => {},
  };
}

function startLeases(count: number) {
  const time = new FakeTime();
  const memory = new MemoryStore(time);
  const { log, logged } = keepingLog();
  const leases = Array.from({ length: count }, (_, number) => {
    const counts = { held: 0, lost: 0 };
    // One that is killed has timers no more.
    let isKilled = false;
    const timers = { ...time, soon: time.soon, every: time.every, after: after.bind(undefined) };
    function after(delayMs: number, callback: () => void) {
      return time.after(delayMs, () => {
        if (!isKilled) callback();
      });
    }
    const lease = new Lease({
      store: memory.store,
      holder: `instance-${number}`,
      clock: time,
      timers,
      random: () => number / count,
      log,
      onHeld: () => counts.held++,
      onLost: () => counts.lost++,
    });
    lease.start();
    return {
      lease,
      counts,
      kill: () => {
        isKilled = true;
      },
    };
  });
  /** Lets time pass in steps, and claims settle. Fails when two hold the lease at once. */
  const pass = async (ms: number) => {
    for (let passedMs = 0; passedMs < ms; passedMs += 100) {
      time.pass(100);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      if (holders().length > 1) throw new Error('Two instances hold the lease.');
    }
  };
  const holders = () => leases.filter(({ lease }) => lease.isHeld);
  return { leases, memory, logged, pass, holders };
}

test('one of several instances holds the lease, and keeps it', async (t) => {
  const { leases, pass, holders } = startLeases(3);
  await pass(60_000);
  t.is(holders().length, 1);
  t.deepEqual(leases.map(({ counts }) => counts.held).toSorted(), [0, 0, 1]);
});

test('when the holder is killed, another one holds it within 8 s', async (t) => {
  const { pass, holders } = startLeases(3);
  await pass(10_000);
  const [killed] = holders();
  killed!.kill();
  await pass(8000);
  const [next, ...more] = holders();
  t.deepEqual(more, []);
  t.truthy(next);
  t.not(next, killed);
});

test('when the holder stops, another one holds it within 2 s', async (t) => {
  const { pass, holders } = startLeases(3);
  await pass(10_000);
  const [stopped] = holders();
  await stopped!.lease.stop();
  t.is(stopped!.counts.lost, 1);
  await pass(2000);
  t.is(holders().length, 1);
});

test('nobody holds it once the store cannot be used for 6 s, which is logged once by each', async (t) => {
  const { leases, memory, logged, pass, holders } = startLeases(2);
  await pass(10_000);
  memory.isBroken = true;
  await pass(6000);
  t.is(holders().length, 0);
  t.is(
    leases.reduce((sum, { counts }) => sum + counts.lost, 0),
    1,
  );
  await pass(20_000);
  t.is(logged.length, 2);
  t.deepEqual(logged[0]!.fields, { problem: 'broken by a test' });
  memory.isBroken = false;
  await pass(3000);
  t.is(holders().length, 1);
});

test('a short failure of the store changes nothing', async (t) => {
  const { leases, memory, pass, holders } = startLeases(2);
  await pass(10_000);
  const [holder] = holders();
  memory.isBroken = true;
  await pass(3000);
  memory.isBroken = false;
  await pass(10_000);
  t.is(holders()[0], holder);
  t.is(
    leases.reduce((sum, { counts }) => sum + counts.held, 0),
    1,
  );
});
