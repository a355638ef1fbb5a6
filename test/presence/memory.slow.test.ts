import test from 'ava';
import { Presence } from '../../src/presence/presence.js';
import { usedBytes } from '../support/memory.js';
import { configOf } from '../support/service.js';

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
