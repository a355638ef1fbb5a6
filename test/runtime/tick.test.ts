import test from 'ava';
import type { Part } from '../../src/runtime/parts.js';
import { createTick } from '../../src/runtime/tick.js';
import { keepingLog } from '../support/service.js';
import { FakeTime } from '../support/time.js';

/** A tick that continues only when the test takes the next turn. */
function createTurns(parts: readonly Part[]) {
  const time = new FakeTime();
  const turns: (() => void)[] = [];
  const observed: { durationMs: number; lateMs: number }[] = [];
  const { log, logged } = keepingLog();
  const tick = createTick({
    parts,
    intervalMs: 2000,
    clock: time,
    timers: { every: time.every.bind(time), after: time.after.bind(time), soon: (callback) => turns.push(callback) },
    log,
    observe: (durationMs, lateMs) => observed.push({ durationMs, lateMs }),
  });
  return { time, tick, turns, observed, logged };
}

test('a tick yields to other work after parts that took long', (t) => {
  const done: string[] = [];
  const { time, tick, turns, observed } = createTurns([
    () => {
      done.push('a');
    },
    () => {
      done.push('b');
      time.pass(20);
    },
    () => {
      done.push('c');
    },
    () => {
      done.push('d');
    },
  ]);
  tick();
  t.deepEqual(done, ['a', 'b']);
  t.is(observed.length, 0);
  turns.shift()!();
  t.deepEqual(done, ['a', 'b', 'c', 'd']);
  t.is(observed.length, 1);
  t.is(turns.length, 0);
});

test('a part that throws is logged, and the other parts run', (t) => {
  const done: string[] = [];
  const { tick, logged } = createTurns([
    () => {
      throw new Error('by a test');
    },
    () => {
      done.push('b');
    },
  ]);
  tick();
  t.deepEqual(done, ['b']);
  t.deepEqual(
    logged.map(({ level }) => level),
    ['error'],
  );
});

test('the duration of a tick excludes other work in between, and its delay counts from when it was due', (t) => {
  const { time, tick, turns, observed } = createTurns([
    () => {
      time.pass(30);
    },
    () => {
      time.pass(20);
    },
  ]);
  time.pass(2100);
  tick();
  time.pass(500);
  turns.shift()!();
  t.deepEqual(observed, [{ durationMs: 50, lateMs: 100 }]);
});

test('a tick that is due while another one runs is skipped', (t) => {
  const done: string[] = [];
  const { time, tick, turns } = createTurns([
    () => {
      done.push('a');
      time.pass(20);
    },
    () => {
      done.push('b');
    },
  ]);
  tick();
  tick();
  turns.shift()!();
  tick();
  turns.shift()!();
  t.deepEqual(done, ['a', 'b', 'a', 'b']);
});

test('a part in steps lets other work run between long steps, and takes short ones together', (t) => {
  const done: string[] = [];
  const { time, tick, turns, observed } = createTurns([
    function* () {
      for (const [name, ms] of [
        ['a', 1],
        ['b', 1],
        ['c', 20],
        ['d', 0],
      ] as const) {
        done.push(name);
        time.pass(ms);
        yield;
      }
    },
    () => {
      done.push('e');
    },
  ]);
  tick();
  t.deepEqual(done, ['a', 'b']);
  turns.shift()!();
  t.deepEqual(done, ['a', 'b', 'c']);
  turns.shift()!();
  t.deepEqual(done, ['a', 'b', 'c', 'd', 'e']);
  t.is(turns.length, 0);
  t.deepEqual(observed, [{ durationMs: 22, lateMs: -2000 }]);
});

test('a step that throws ends its part, and the other parts run', (t) => {
  const done: string[] = [];
  const { tick, logged } = createTurns([
    function* () {
      yield;
      throw new Error('by a test');
    },
    () => {
      done.push('b');
    },
  ]);
  tick();
  t.deepEqual(done, ['b']);
  t.is(logged.length, 1);
});
