import test from 'ava';
import fc from 'fast-check';
import { RateLimit } from '../../src/limits/rate-limit.js';
import { checkProperty } from '../support/property.js';

test('a rate limit allows a burst and then one request per interval, separately for each key', (t) => {
  const limit = new RateLimit({ perMinute: 6, burst: 3, maxKeys: 10 });
  for (let count = 0; count < 3; count++) t.true(limit.take('a', 0).allowed);
  t.deepEqual(limit.take('a', 0), { allowed: false, retryAfterSeconds: 10 });
  t.true(limit.take('b', 0).allowed);
  t.false(limit.take('a', 9999).allowed);
  t.true(limit.take('a', 10_000).allowed);
  t.false(limit.take('a', 10_001).allowed);
});

test('a full burst is allowed at one moment, even when the rate does not divide a minute evenly', (t) => {
  for (const perMinute of [7, 13, 59, 1001]) {
    const limit = new RateLimit({ perMinute, burst: 7, maxKeys: 10 });
    const allowed = Array.from({ length: 8 }, () => limit.take('a', 123_457).allowed);
    t.deepEqual(allowed, [...Array(7).fill(true), false], `${perMinute} a minute`);
  }
});

test('a key never gets more than the burst and the rate over any period, and may send again after the stated time', (t) => {
  const gaps = fc.array(fc.nat(20_000), { minLength: 1, maxLength: 200 });
  checkProperty(
    t,
    fc.property(gaps, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (waits, perMinute, burst) => {
      const limit = new RateLimit({ perMinute, burst, maxKeys: 10 });
      let nowMs = 0;
      let taken = 0;
      for (const waitMs of waits) {
        nowMs += waitMs;
        const verdict = limit.take('a', nowMs);
        if (verdict.allowed) {
          taken++;
        } else {
          t.true(verdict.retryAfterSeconds >= 1);
          nowMs += verdict.retryAfterSeconds * 1000;
          t.true(limit.take('a', nowMs).allowed);
          taken++;
        }
        t.true(taken <= burst + (nowMs / 60_000) * perMinute + 1e-6);
      }
    }),
  );
});

test('a key is dropped once its bucket is full again, and the number of keys is bounded', (t) => {
  const limit = new RateLimit({ perMinute: 60, burst: 2, maxKeys: 100 });
  for (let index = 0; index < 1000; index++) limit.take(`key-${index}`, 0);
  t.true(limit.size <= 101);
  for (let index = 0; index < 200; index++) limit.take(`later-${index % 2}`, 10_000 + 1000 * index);
  t.true(limit.size <= 3, `${limit.size} keys`);
});
