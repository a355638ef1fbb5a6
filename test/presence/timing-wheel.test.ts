import test from 'ava';
import fc from 'fast-check';
import { TimingWheel } from '../../src/presence/timing-wheel.js';

test('every deadline is met at the first complete advance at or after it, and none that was postponed or cancelled', (t) => {
  const SLOTS = 8;
  const move = fc.record({
    slot: fc.nat(SLOTS - 1),
    inMs: fc.option(fc.oneof(fc.nat(3000), fc.nat(100_000))),
    waitMs: fc.oneof(fc.constant(0), fc.nat(1500), fc.nat(200_000)),
    maxVisits: fc.constantFrom(0, 1, 2, undefined),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 80 }), (moves) => {
      const wheel = new TimingWheel(60_000, SLOTS);
      const deadlines = new Map<number, number>();
      let nowMs = 123_456;
      for (const { slot, inMs, waitMs, maxVisits } of moves) {
        if (inMs === null) {
          deadlines.delete(slot);
          wheel.disarm(slot);
        } else {
          deadlines.set(slot, nowMs + inMs);
          wheel.arm(slot, nowMs + inMs);
        }
        nowMs += waitMs;
        let visits = 0;
        const visit = (visited: number) => {
          visits++;
          t.true(deadlines.has(visited));
          const dueMs = deadlines.get(visited)!;
          if (dueMs > nowMs) return dueMs;
          deadlines.delete(visited);
          return Number.POSITIVE_INFINITY;
        };
        const isComplete = wheel.advance(nowMs, visit, maxVisits);
        t.true(visits <= (maxVisits ?? Number.POSITIVE_INFINITY));
        t.true(isComplete || maxVisits !== undefined);
        if (isComplete)
          t.deepEqual(
            [...deadlines.values()].filter((dueMs) => dueMs <= nowMs),
            [],
          );
      }
    }),
    { numRuns: 1000 },
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
