import test from 'ava';
import { systemTimers } from '../../src/runtime/timers.js';
import { keepingLog } from '../support/service.js';

test('what is to happen soon does not wait until something else wakes the process', async (t) => {
  const { log } = keepingLog();
  const timers = systemTimers(log);
  const beganMs = performance.now();
  // What wakes it otherwise.
  const otherwise = setTimeout(() => {}, 5000);
  // From a turn that nothing follows at once.
  await new Promise<void>((resolve) => setTimeout(() => timers.soon(resolve), 50));
  clearTimeout(otherwise);
  t.true(performance.now() - beganMs < 4000);
});

test('a timer that fails is told of, and those that repeat go on', async (t) => {
  const { log, logged } = keepingLog();
  const timers = systemTimers(log);
  let calls = 0;
  await new Promise<void>((resolve) => {
    const stop = timers.every(5, () => {
      if (++calls < 3) throw new Error('by a test');
      stop();
      resolve();
    });
    setTimeout(resolve, 5000);
  });
  t.is(calls, 3);
  t.deepEqual(
    logged.map(({ level }) => level),
    ['error', 'error'],
  );
});
