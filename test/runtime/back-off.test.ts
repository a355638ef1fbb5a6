import test from 'ava';
import { backOffMs } from '../../src/runtime/back-off.js';

test('the wait doubles with each failure up to its maximum, and is 50 to 100 % of that', (t) => {
  const waits = (random: number) =>
    [1, 2, 3, 4, 5, 5000].map((failures) => backOffMs({ firstMs: 200, maxMs: 2000 }, failures, () => random));
  t.deepEqual(waits(0), [100, 200, 400, 800, 1000, 1000]);
  t.deepEqual(waits(0.5), [150, 300, 600, 1200, 1500, 1500]);
});
