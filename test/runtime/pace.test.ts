import test from 'ava';
import { createPace } from '../../src/runtime/pace.js';
import { keepingLog } from '../support/service.js';
import { FakeTime } from '../support/time.js';

/** Work that is due when a test adds some, and a pace that does it. */
function createWork({ costMs = 0 } = {}) {
  const time = new FakeTime();
  const beganMs = time.nowMs();
  const { log, logged } = keepingLog();
  const runsMs: number[] = [];
  const observed: number[] = [];
  const work = { isDue: false, costMs, fails: false };
  const onWork = createPace({
    parts: [
      () => {
        runsMs.push(time.nowMs() - beganMs);
        work.isDue = false;
        if (work.fails) throw new Error('by a test');
        if (work.costMs > 0) time.pass(work.costMs);
      },
    ],
    isDue: () => work.isDue,
    intervalMs: 100,
    maxIntervalMs: 2000,
    clock: time,
    timers: time,
    log,
    observe: (durationMs) => observed.push(durationMs),
  });
  const add = () => {
    if (work.isDue) return;
    work.isDue = true;
    onWork();
  };
  return { time, work, add, runsMs, observed, logged };
}

test('the first work after a quiet time is done at once, but not within the call', (t) => {
  const { time, add, runsMs } = createWork();
  time.pass(5000);
  add();
  t.deepEqual(runsMs, []);
  time.pass(0);
  t.deepEqual(runsMs, [5000]);
});

test('further work is gathered for one run per interval', (t) => {
  const { time, add, runsMs } = createWork();
  for (let ms = 0; ms < 250; ms += 10) {
    add();
    time.pass(10);
  }
  t.deepEqual(runsMs, [0, 100, 200]);
  time.pass(1000);
  t.deepEqual(runsMs, [0, 100, 200, 300]);
});

test('without work there is no timer', (t) => {
  const { time, add } = createWork();
  t.is(time.pending, 0);
  add();
  t.is(time.pending, 1);
  time.pass(0);
  t.is(time.pending, 0);
});

test('the interval stretches while runs take more than a fifth of the time, up to the longest interval', (t) => {
  const { time, work, add, runsMs, observed } = createWork();
  /** The last interval of twenty runs that take some time each. */
  const lastInterval = (costMs: number) => {
    work.costMs = costMs;
    const until = runsMs.length + 20;
    while (runsMs.length < until) {
      add();
      time.pass(1);
    }
    return runsMs.at(-1)! - runsMs.at(-2)!;
  };
  t.is(lastInterval(0), 100);
  t.is(lastInterval(20), 100);
  const stretched = lastInterval(60);
  t.true(stretched > 290 && stretched <= 301, `${stretched} ms`);
  t.is(lastInterval(1000), 2000);
  t.is(lastInterval(0), 100);
  t.deepEqual([...new Set(observed)], [0, 20, 60, 1000]);
});

test('a single long run hardly stretches the interval', (t) => {
  const { time, work, add, runsMs } = createWork();
  work.costMs = 80;
  add();
  time.pass(0);
  work.costMs = 0;
  add();
  time.pass(1000);
  t.deepEqual(runsMs, [0, 100]);
});

test('work that arrives between the parts of a run is done in a later run', (t) => {
  const time = new FakeTime();
  const { log } = keepingLog();
  let isDue = false;
  const done: string[] = [];
  const onWork = createPace({
    parts: [
      () => {
        isDue = false;
        done.push('a');
        time.pass(20);
      },
      () => {
        done.push('b');
      },
    ],
    isDue: () => isDue,
    intervalMs: 100,
    maxIntervalMs: 2000,
    clock: time,
    timers: time,
    log,
    observe: () => {},
  });
  onWork();
  time.after(10, () => {
    isDue = true;
    onWork();
  });
  time.pass(99);
  t.deepEqual(done, ['a', 'b']);
  time.pass(50);
  t.deepEqual(done, ['a', 'b', 'a', 'b']);
});

test('a run that fails is logged, and the next one takes place', (t) => {
  const { time, work, add, runsMs, logged } = createWork();
  work.fails = true;
  add();
  time.pass(1000);
  t.is(logged.length, 1);
  work.fails = false;
  add();
  time.pass(0);
  t.deepEqual(runsMs, [0, 1000]);
});
