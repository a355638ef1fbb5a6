import test from 'ava';
import { settleWithin } from '../../src/runtime/settle-within.js';
import type { Timers } from '../../src/runtime/timers.js';

/** Timers whose only call is made, and counted as cancelled, by hand. */
function manualTimers() {
  const state = { end: () => {}, cancelled: 0 };
  const timers: Pick<Timers, 'after'> = {
    after: (_durationMs, callback) => {
      state.end = callback;
      return () => state.cancelled++;
    },
  };
  return { state, timers: timers as Timers };
}

test('the wait ends with the promise, and cancels its timer', async (t) => {
  const { state, timers } = manualTimers();
  await settleWithin(1000, Promise.resolve(), timers);
  t.is(state.cancelled, 1);
  await t.throwsAsync(settleWithin(1000, Promise.reject(new Error('no')), timers), { message: 'no' });
  t.is(state.cancelled, 2);
});

test('the wait ends after its time when the promise does not', async (t) => {
  const { state, timers } = manualTimers();
  const waited = settleWithin(1000, new Promise(() => {}), timers);
  state.end();
  await waited;
  t.pass();
});
