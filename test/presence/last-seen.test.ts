import test from 'ava';
import { LastSeenMemory } from '../../src/presence/last-seen.js';

const seen = (lastSeenMs: number) => ({ lastSeenMs, lastActivityMs: lastSeenMs - 10 });

test('an offline visitor is remembered for the time that is set, both ends included', (t) => {
  const memory = new LastSeenMemory({ lastSeenKeptMs: 1000, maxLastSeen: 10 });
  memory.remember('ada', seen(500));
  t.deepEqual(memory.read('ada', 1500), seen(500));
  t.is(memory.read('ada', 1501), undefined);
  t.is(memory.read('bob', 500), undefined);
});

test('beyond the bound, who went offline first gives way', (t) => {
  const memory = new LastSeenMemory({ lastSeenKeptMs: 1000, maxLastSeen: 3 });
  for (const [index, uid] of ['ada', 'bob', 'eve', 'ada', 'zoe'].entries()) memory.remember(uid, seen(index));
  t.deepEqual(
    [...memory.entries()],
    [
      ['eve', seen(2)],
      ['ada', seen(3)],
      ['zoe', seen(4)],
    ],
  );
});

test('with either bound at 0, nobody is remembered', (t) => {
  for (const bounds of [
    { lastSeenKeptMs: 0, maxLastSeen: 3 },
    { lastSeenKeptMs: 1000, maxLastSeen: 0 },
  ]) {
    const memory = new LastSeenMemory(bounds);
    memory.remember('ada', seen(0));
    t.is(memory.size, 0);
  }
});

test('the places of forgotten visitors are used again', (t) => {
  const memory = new LastSeenMemory({ lastSeenKeptMs: 1000, maxLastSeen: 1000 });
  for (let round = 0; round < 5; round++) {
    for (let index = 0; index < 200; index++) memory.remember(`visitor-${index}`, seen(round * 2000 + index));
    for (let index = 0; index < 200; index += 2) memory.forget(`visitor-${index}`);
    t.deepEqual(memory.read('visitor-7', round * 2000 + 7), seen(round * 2000 + 7));
    t.is(memory.read('visitor-8', round * 2000 + 8), undefined);
    memory.prune(round * 2000 + 1150);
    t.is(memory.size, 25);
  }
});
