import { EventEmitter } from 'node:events';
import test from 'ava';
import { Counters } from '../../src/metrics/counters.js';
import { Frame } from '../../src/streams/frame.js';
import type { Sink } from '../../src/streams/outlet.js';
import { Watcher } from '../../src/streams/watcher.js';
import { FakeTime } from '../support/time.js';
import { until } from '../support/until.js';

/** A response whose client reads only while the test lets it. */
class FakeResponse extends EventEmitter {
  writableEnded = false;
  destroyed = false;
  takes = true;
  write = () => this.takes;
  end = () => {
    this.writableEnded = true;
  };
}

test('a client that catches up while its closing frame is compressed, and then stops reading, still counts as stalled', async (t) => {
  const time = new FakeTime();
  const response = new FakeResponse();
  const { nowMs } = time;
  const watcher = new Watcher(response as unknown as Sink, {
    gzip: true,
    endsAtMs: Number.POSITIVE_INFINITY,
    nowMs,
    counters: new Counters(),
    onError: (error) => t.fail(String(error)),
  });
  response.takes = false;
  watcher.send(new Frame('one'));
  await until(() => watcher.stalledSinceMs !== undefined);
  watcher.end(new Frame('closing frame'));
  time.pass(1000);
  response.takes = true;
  response.emit('drain');
  await until(() => response.writableEnded);
  t.is(watcher.stalledSinceMs, nowMs());
});

test('a client that catches up no longer counts as stalled', (t) => {
  const time = new FakeTime();
  const response = new FakeResponse();
  const watcher = new Watcher(response as unknown as Sink, {
    gzip: false,
    endsAtMs: Number.POSITIVE_INFINITY,
    nowMs: time.nowMs,
    counters: new Counters(),
    onError: (error) => t.fail(String(error)),
  });
  response.takes = false;
  watcher.send(new Frame('one'));
  t.is(watcher.stalledSinceMs, time.nowMs());
  response.emit('drain');
  t.is(watcher.stalledSinceMs, undefined);
});
