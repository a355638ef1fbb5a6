import test from 'ava';
import { systemTimers } from '../../src/runtime/timers.js';
import { keepingLog } from '../support/service.js';
import { until } from '../support/until.js';

// Alone, as other tests would wake the process.
test.serial('soon calls back without waiting for another event to wake the process', async (t) => {
  const { log } = keepingLog();
  const timers = systemTimers(log);
  let wokenOtherwise = false;
  // What wakes it otherwise.
  const otherwise = setTimeout(() => {
    wokenOtherwise = true;
  }, 5000);
  // From a turn of the event loop that nothing follows at once; several times, as AVA may have woken the process as well.
  for (let round = 0; round < 10; round++) {
    await new Promise<void>((resolve) => setTimeout(() => timers.soon(resolve), 5));
  }
  clearTimeout(otherwise);
  t.false(wokenOtherwise);
});

test('a timer that throws is logged, and a repeating timer continues', async (t) => {
  const { log, logged } = keepingLog();
  const timers = systemTimers(log);
  let calls = 0;
  const stop = timers.every(5, () => {
    if (++calls < 3) throw new Error('by a test');
    stop();
  });
  await until(() => calls >= 3, 'three calls');
  t.is(calls, 3);
  t.deepEqual(
    logged.map(({ level }) => level),
    ['error', 'error'],
  );
});
