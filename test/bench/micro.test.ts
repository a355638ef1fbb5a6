import test from 'ava';
import { runMicro } from '../../bench/micro.js';

test('the micro-benchmark of the pure parts works', async (t) => {
  const results = await runMicro({ visitors: 200, repeats: 3 });
  t.is(new Set(results.map(({ name }) => name)).size, 5);
  for (const { name, microseconds } of results) {
    t.is(microseconds.length, 3, name);
    t.true(
      microseconds.every((value) => Number.isFinite(value) && value > 0),
      `${name}: ${microseconds}`,
    );
  }
});
