import test from 'ava';
import fc from 'fast-check';
import { Tally } from '../../src/metrics/tally.js';
import { checkProperty } from '../support/property.js';

test('a tally counts exactly the keys seen last, whatever arrives', (t) => {
  const keys = fc.array(fc.nat(12), { maxLength: 300 });
  checkProperty(
    t,
    fc.property(keys, fc.integer({ min: 1, max: 10 }), (seen, maxKeys) => {
      const tally = new Tally<{ key: number }>(maxKeys);
      let wanted: { key: number; count: number; lastMs: number }[] = [];
      for (const [lastMs, key] of seen.entries()) {
        tally.add(String(key), lastMs, () => ({ key }));
        const count = 1 + (wanted.find((each) => each.key === key)?.count ?? 0);
        wanted = [{ key, count, lastMs }, ...wanted.filter((each) => each.key !== key)].slice(0, maxKeys);
        t.deepEqual(tally.newestFirst, wanted);
      }
      for (const { key } of wanted) t.true(tally.has(String(key)));
    }),
    { numRuns: 50 },
  );
});
