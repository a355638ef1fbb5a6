import test from 'ava';
import { Presence } from '../../src/presence/presence.js';
import { Feeds } from '../../src/streams/feeds.js';
import type { Feed } from '../../src/streams/hub.js';
import { configOf } from '../support/service.js';
import { FakeTime } from '../support/time.js';

test('totals are sent once per change, not once per event when changes take several events', (t) => {
  const { presence: settings, streams } = configOf();
  const [presence, clock] = [new Presence(settings), new FakeTime()];
  const sent: string[] = [];
  let totals: Feed | undefined;
  const hub = {
    broadcast: (feed: Feed, frame: { plain: { bytes: Buffer } }) => {
      if (feed === totals) sent.push(/"online_total":(\d+)/.exec(frame.plain.bytes.toString())![1]!);
    },
    isWatched: () => true,
    watcherCount: () => 1,
  };
  const feeds = new Feeds({ presence, clock, hub, tickIntervalMs: streams.tickIntervalMs, processId: 'p1' });
  totals = feeds.get('totals', undefined);
  const hit = (uid: string) =>
    presence.hit(
      { uid, activityMs: clock.nowMs(), room: undefined, session: undefined, info: undefined },
      clock.nowMs(),
    );

  for (let number = 1; number <= 10; number++) hit(`${number}`);
  feeds.flush(4);
  feeds.flush(4);
  hit('late');
  // A new watcher is sent the present totals; those who watch already need them as well.
  totals.initialFrame();
  feeds.flush(4);
  feeds.flush(4);
  t.deepEqual(sent, ['10', '11']);
});
