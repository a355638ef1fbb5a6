import test from 'ava';
import { Counters } from '../../src/metrics/counters.js';
import { Presence } from '../../src/presence/presence.js';
import { Feeds } from '../../src/streams/feeds.js';
import { Hub } from '../../src/streams/hub.js';
import { configOf, keepingLog } from '../support/service.js';
import { FakeTime } from '../support/time.js';

test('watchers who reconnect with the same event id share a replay, and only a few replays are kept', (t) => {
  const { presence: settings, streams } = configOf();
  const [presence, clock, { log }] = [new Presence(settings), new FakeTime(), keepingLog()];
  const hub = new Hub({
    clock,
    random: Math.random,
    createStreamId: () => 'id',
    log,
    counters: new Counters(),
    settings: streams,
  });
  const feeds = new Feeds({ presence, clock, hub, tickIntervalMs: streams.tickIntervalMs, processId: 'p1' });
  const feed = feeds.get('changes', undefined);
  for (let number = 1; number <= 100; number++) {
    presence.hit(
      { uid: `${number}`, activityMs: clock.nowMs(), room: undefined, session: undefined, info: undefined },
      clock.nowMs(),
    );
    feeds.flush();
  }
  const replay = feed.initialFrame('p1-1');
  t.is(feed.initialFrame('p1-1'), replay);
  // Each is nearly as long as all that the ring holds.
  const replays = Array.from({ length: 99 }, (_, index) => feed.initialFrame(`p1-${index + 1}`));
  const kept = replays.toReversed().filter((frame, index) => feed.initialFrame(`p1-${99 - index}`) === frame);
  t.true(kept.length <= 10, `${kept.length} are kept`);
  t.deepEqual(feed.initialFrame('p1-1').plain.bytes, replay.plain.bytes);
});
