import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { LastSeenMemory } from '../../src/presence/last-seen.js';
import { Presence } from '../../src/presence/presence.js';
import { configOf } from '../support/service.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('flushes alone free the memory of offline visitors, and it is used again', (t) => {
  const VISITORS = 50_000;
  const presence = new Presence(configOf({ LAST_SEEN_SECONDS: '0' }).presence);
  let nowMs = 1_000_000;
  const usedAfterRound = () => {
    for (let index = 0; index < VISITORS; index++) {
      const uid = `${nowMs}-${index}-0123456789abcdef0123456789`;
      presence.hit({ uid, activityMs: nowMs, room: `room-${index % 10}`, session: 'tab', info: '{"name":"A"}' }, nowMs);
    }
    const fullBytes = usedBytes();
    for (let tick = 0; tick < 32; tick++) {
      nowMs += 2000;
      presence.flush(nowMs);
    }
    t.is(presence.totals(nowMs).online, 0);
    t.is(presence.roomCount, 0);
    return { fullBytes, emptyBytes: usedBytes() };
  };
  const first = usedAfterRound();
  const second = usedAfterRound();
  t.true(first.emptyBytes < first.fullBytes / 2, `${first.emptyBytes} of ${first.fullBytes} bytes were kept`);
  t.true(second.emptyBytes < 1.1 * first.emptyBytes, `${second.emptyBytes} after ${first.emptyBytes} bytes`);
});

test('who was last seen when takes at most 120 bytes a visitor, and what is beyond the bounds is freed', (t) => {
  const VISITORS = 100_000;
  const memory = new LastSeenMemory(configOf().presence);
  const before = usedBytes();
  for (let index = 0; index < VISITORS; index++) {
    memory.remember(`1612-visitor-${index}`, { lastSeenMs: index, lastActivityMs: index - 0.5 });
  }
  const each = (usedBytes() - before) / VISITORS;
  t.log(`${each.toFixed(0)} bytes a visitor`);
  t.true(each <= 120, `${each} bytes`);
  for (let index = 0; index < VISITORS; index++) {
    memory.remember(`1612-further-${index}`, { lastSeenMs: index, lastActivityMs: index });
  }
  t.is(memory.size, VISITORS);
  t.true((usedBytes() - before) / VISITORS <= 130);
  memory.prune(86_400_000 + VISITORS);
  t.is(memory.size, 0);
});

function usedBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
