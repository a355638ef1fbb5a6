import test from 'ava';
import { Counters } from '../../src/metrics/counters.js';
import { finish } from '../../src/runtime/parts.js';
import { Frame } from '../../src/streams/frame.js';
import { type Feed, Hub } from '../../src/streams/hub.js';
import type { Sink } from '../../src/streams/outlet.js';
import { configOf, keepingLog } from '../support/service.js';
import { FakeTime } from '../support/time.js';

const MAX_STREAMS = 100;
const TICK_MS = 2000;
const FEED: Feed = { initialFrame: () => new Frame('data: first\n\n'), tickFrame: () => new Frame('data: tick\n\n') };

/** A hub with time that passes only when told to, and clients behind a proxy that hides from it when they disconnect. */
class World {
  readonly time = new FakeTime();
  readonly hub: Hub;
  ends = 0;
  #dice = 0;

  constructor() {
    const settings = { ...configOf({ MAX_STREAMS: String(MAX_STREAMS) }).streams };
    // Evenly spread instead of random.
    const random = () => (this.#dice = (this.#dice + 0.381966) % 1);
    const { log } = keepingLog();
    const counters = new Counters();
    this.hub = new Hub({ clock: this.time, random, log, createStreamId: () => 'id', settings, counters });
    this.time.every(TICK_MS, () => finish(this.hub.tick()));
  }

  /** Opens a stream. `onText` gets what the service sends, `onEnd` when to reconnect. */
  connect(onText: (text: string) => void, onEnd: (retryMs: number) => void): void {
    const sink = new ClientSink(onText, onEnd);
    if (!this.hub.canServe('')) this.hub.defer(sink as unknown as Sink);
    else this.hub.open(FEED, FEED.initialFrame(), sink as unknown as Sink, { address: '', gzip: false });
  }

  /** A client that has disconnected already. */
  ghost(): void {
    this.connect(
      () => {},
      () => {},
    );
  }
}

class Living {
  eventAtMs: number;
  longestWaitMs = 0;
  /** When streams ended that had been served. */
  readonly endedAtMs: number[] = [];

  constructor(world: World) {
    const { time } = world;
    this.eventAtMs = time.nowMs();
    let isServed = false;
    const connect = () =>
      world.connect(
        () => {
          isServed = true;
          this.longestWaitMs = Math.max(this.longestWaitMs, time.nowMs() - this.eventAtMs);
          this.eventAtMs = time.nowMs();
        },
        (retryMs) => {
          if (isServed) this.endedAtMs.push(time.nowMs());
          isServed = false;
          time.after(retryMs, connect);
        },
      );
    connect();
  }
}

test('with a proxy that hides disconnects, a new watcher has its first event at once, however many have gone', (t) => {
  const world = new World();
  for (let minute = 0; minute < 20; minute++) {
    for (let count = 0; count < 140; count++) {
      world.ghost();
      world.time.pass(60_000 / 140);
    }
    const beganMs = world.time.nowMs();
    const { eventAtMs } = new Living(world);
    t.is(eventAtMs, beganMs);
  }
  t.true(world.hub.count <= MAX_STREAMS);
});

test('as many living watchers as there are places are all served in the end, and none is long without an event', (t) => {
  const world = new World();
  for (let count = 0; count < 140; count++) world.ghost();
  world.time.pass(10_000);
  const living = Array.from({ length: MAX_STREAMS }, (_, index) => {
    if (index % 3 === 0) world.time.pass(100);
    return new Living(world);
  });
  world.time.pass(60_000);
  for (const each of living) t.true(each.longestWaitMs <= 5000, `${each.longestWaitMs} ms without an event`);
  const ends = () => living.reduce((sum, { endedAtMs }) => sum + endedAtMs.length, 0);
  const before = ends();
  world.time.pass(50_000);
  t.true(ends() - before <= MAX_STREAMS, 'only age ends streams once all are served');
  for (const each of living) t.true(each.longestWaitMs <= 5000, `${each.longestWaitMs} ms without an event`);
});

test('a storm of connects ends no living stream more than once in 10 s', (t) => {
  const world = new World();
  const living = Array.from({ length: 50 }, () => new Living(world));
  for (let count = 0; count < 20_000; count++) {
    world.ghost();
    world.time.pass(5);
  }
  let rotations = 0;
  for (const { endedAtMs } of living) {
    for (let index = 1; index < endedAtMs.length; index++) {
      rotations++;
      t.true(endedAtMs[index]! - endedAtMs[index - 1]! >= 10_000);
    }
  }
  t.log(`${rotations} rotations in 100 s`);
  t.true(world.hub.count <= MAX_STREAMS);
});

class ClientSink {
  writableEnded = false;
  destroyed = false;
  readonly chunkedEncoding = false;
  readonly socket = null;
  readonly #onText: (text: string) => void;
  readonly #onEnd: (retryMs: number) => void;

  constructor(onText: (text: string) => void, onEnd: (retryMs: number) => void) {
    this.#onText = onText;
    this.#onEnd = onEnd;
  }

  on(): this {
    return this;
  }

  write(bytes: Buffer): boolean {
    this.#onText(bytes.toString());
    return true;
  }

  end(bytes: Buffer): void {
    this.writableEnded = true;
    this.#onEnd(Number(/retry: (\d+)/.exec(bytes.toString())![1]));
  }

  destroy(): void {
    this.destroyed = true;
  }
}
