import test from 'ava';
import fc from 'fast-check';
import { TimingWheel } from '../../src/presence/timing-wheel.js';

test('every deadline is met at the first advance at or after it, and a postponed one not before', (t) => {
  const SLOTS = 8;
  const move = fc.record({
    slot: fc.nat(SLOTS - 1),
    inMs: fc.oneof(fc.nat(3000), fc.nat(100_000)),
    waitMs: fc.oneof(fc.constant(0), fc.nat(1500), fc.nat(200_000)),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 80 }), (moves) => {
      const wheel = new TimingWheel(60_000, SLOTS);
      const deadlines = new Map<number, number>();
      let nowMs = 123_456;
      for (const { slot, inMs, waitMs } of moves) {
        deadlines.set(slot, nowMs + inMs);
        wheel.arm(slot, nowMs + inMs);
        nowMs += waitMs;
        const met: number[] = [];
        wheel.advance(nowMs, (visited) => {
          const dueMs = deadlines.get(visited)!;
          if (dueMs > nowMs) return dueMs;
          met.push(visited);
          return Number.POSITIVE_INFINITY;
        });
        const due = [...deadlines].filter(([, dueMs]) => dueMs <= nowMs).map(([name]) => name);
        t.deepEqual(met.sort(), due.sort());
        for (const name of due) deadlines.delete(name);
      }
    }),
    { numRuns: 500 },
  );
});

test('advancing visits no slot that is not due', (t) => {
  const wheel = new TimingWheel(60_000, 1000);
  for (let slot = 0; slot < 1000; slot++) wheel.arm(slot, 60_000);
  let visits = 0;
  for (let nowMs = 0; nowMs < 59_000; nowMs += 100) {
    wheel.advance(nowMs, () => {
      visits++;
      return 60_000;
    });
  }
  t.is(visits, 0);
});

test('a disarmed slot is not visited', (t) => {
  const wheel = new TimingWheel(10_000, 4);
  for (const slot of [0, 1, 2, 3]) wheel.arm(slot, 5000);
  wheel.disarm(1);
  wheel.disarm(3);
  wheel.disarm(3);
  const visited: number[] = [];
  wheel.advance(6000, (slot) => {
    visited.push(slot);
    return Number.POSITIVE_INFINITY;
  });
  t.deepEqual(visited.sort(), [0, 2]);
});
