import test from 'ava';
import { LastSeenMemory } from '../../src/presence/last-seen.js';
import { usedBytes } from '../support/memory.js';
import { configOf } from '../support/service.js';

test('who was last seen when takes at most 120 bytes a visitor, and what is beyond the bounds is freed', (t) => {
  const VISITORS = 100_000;
  const fill = (memory: LastSeenMemory, name: string) => {
    for (let index = 0; index < VISITORS; index++) {
      // A text of one piece, as from a request, which takes less than one that is put together.
      const uid = Buffer.from(`1612-${name}-${index}`).toString('latin1');
      memory.remember(uid, { lastSeenMs: index, lastActivityMs: index - 0.5 });
    }
  };
  // The first time, the process also allocates what it keeps for itself.
  fill(new LastSeenMemory(configOf().presence), 'visitor');
  const memory = new LastSeenMemory(configOf().presence);
  const before = usedBytes();
  fill(memory, 'visitor');
  const each = (usedBytes() - before) / VISITORS;
  t.log(`${each.toFixed(0)} bytes a visitor`);
  t.true(each <= 120, `${each} bytes`);
  for (const name of ['second', 'third', 'fourth', 'fifth']) fill(memory, name);
  t.is(memory.size, VISITORS);
  t.true((usedBytes() - before) / VISITORS <= 2 * 120, 'what is replaced is freed');
  memory.prune(86_400_000 + VISITORS);
  t.is(memory.size, 0);
});
