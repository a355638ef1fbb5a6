import { EventEmitter } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import type { PresenceSettings } from '../../src/config/settings.js';
import { Counters } from '../../src/metrics/counters.js';
import { Presence } from '../../src/presence/presence.js';
import { Feeds } from '../../src/streams/feeds.js';
import { Hub } from '../../src/streams/hub.js';
import type { Sink } from '../../src/streams/outlet.js';
import { startRhythm } from '../../src/streams/rhythm.js';
import { PresenceModel } from '../support/model.js';
import { checkProperty } from '../support/property.js';
import { configOf, keepingLog } from '../support/service.js';
import { FakeTime } from '../support/time.js';

type State = Map<string, { status: string; info: string }>;
interface Snapshot {
  visitors: { uid: string; status: string; info?: object }[];
}
interface Change {
  joined?: Snapshot['visitors'];
  left?: string[];
  active?: string[];
  idle?: string[];
  updated?: { uid: string; info: object }[];
}

/** The client end of a stream: reads what is written, or stalls. */
class FakeSink extends EventEmitter {
  writableEnded = false;
  destroyed = false;
  isStalled = false;
  readonly #onText: (text: string) => void;

  constructor(onText: (text: string) => void) {
    super();
    this.#onText = onText;
  }

  /** Bytes for a stalled client wait in its buffer, and it reads them later. */
  write(bytes: Buffer): boolean {
    this.#onText(bytes.toString());
    return !this.isStalled;
  }

  resume(): void {
    this.isStalled = false;
    this.emit('drain');
  }

  end(bytes?: Buffer): void {
    if (bytes !== undefined) this.#onText(bytes.toString());
    this.writableEnded = true;
    this.emit('close');
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}

/** A dashboard that folds snapshot and change events, and keeps its state at every event id. */
class Dashboard {
  state: State = new Map();
  sink: FakeSink | undefined;
  lastEventId: string | undefined;
  /** The first text after the last connect. */
  greeting = '';
  readonly statesById: Map<string, State>;

  constructor(statesById: Map<string, State>) {
    this.statesById = statesById;
  }

  open(feeds: Feeds, hub: Hub, room: string | undefined, eventId: string | undefined, check: () => void): void {
    this.sink?.destroy();
    this.state = new Map(structuredClone(this.statesById.get(eventId ?? '') ?? new Map()));
    let events = 0;
    const parser = createParser({
      onEvent: ({ event, id, data }) => {
        events++;
        this.#fold(event, JSON.parse(data));
        this.lastEventId = id;
        this.statesById.set(id!, structuredClone(this.state));
      },
    });
    const feed = feeds.get('changes', room);
    this.greeting = '';
    this.sink = new FakeSink((text) => {
      this.greeting ||= text;
      events = 0;
      parser.feed(text);
      // A stream may end while its client is behind: its closing frame carries no event, and claims nothing.
      if (events > 0) check();
    });
    hub.open(feed, feed.initialFrame(eventId), this.sink as unknown as Sink, { address: '', gzip: false });
  }

  #fold(event: string | undefined, data: Snapshot & Change): void {
    const put = ({ uid, status, info = {} }: Snapshot['visitors'][number]) =>
      this.state.set(uid, { status, info: JSON.stringify(info) });
    if (event === 'snapshot') {
      this.state.clear();
      data.visitors.forEach(put);
      return;
    }
    if (event !== 'change') throw new Error(`unexpected event ${event}`);
    for (const one of data.joined ?? []) {
      if (this.state.has(one.uid)) throw new Error(`${one.uid} joined twice`);
      put(one);
    }
    for (const uid of data.left ?? []) if (!this.state.delete(uid)) throw new Error(`${uid} left twice`);
    for (const uid of data.active ?? []) this.state.get(uid)!.status = 'active';
    for (const uid of data.idle ?? []) this.state.get(uid)!.status = 'idle';
    for (const { uid, info } of data.updated ?? []) this.state.get(uid)!.info = JSON.stringify(info);
  }
}

const ROOMS = [undefined, 'hall'] as const;
const uid = fc.constantFrom('a', 'b', 'c', 'd', 'ä');
const room = fc.option(fc.constantFrom('hall', 'attic'), { nil: undefined });
const session = fc.option(fc.constantFrom('s1', 's2'), { nil: undefined });
const info = fc.option(fc.constantFrom('{}', '{"name":"A"}', '{"name":"B"}'), { nil: undefined });
const who = fc.nat(3);

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('hit' as const),
      uid,
      room,
      session,
      info,
      agoMs: fc.constantFrom(0, 299_000, 301_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('leave' as const), uid, room, session }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(0, 0, 1, 50, 99, 100, 1000, 2000, 3000, 60_001, 300_001),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('connect' as const),
      who,
      id: fc.oneof(fc.constantFrom('own', 'own', 'own', 'none', 'other process', 'future', 'nonsense'), fc.nat(7)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stall' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resume' as const), who }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const RUNS = Number(process.env.PROPERTY_RUNS ?? 1000);

test('a watcher that folds snapshots and changes has the state of a look-up after every event, across any reconnects', (t) => {
  let replays = 0;
  let snapshots = 0;
  checkProperty(
    t,
    fc.property(fc.array(step, { minLength: 5, maxLength: 200, size: 'large' }), (steps) => {
      const run = playThrough(t, steps);
      replays += run.replays;
      snapshots += run.snapshots;
    }),
    { numRuns: RUNS },
  );
  t.log(`${replays} replays, ${snapshots} snapshots`);
  t.true(replays > RUNS / 10, `${replays} reconnects were answered with what was missed`);
  t.true(snapshots > RUNS / 10, `${snapshots} reconnects were answered with a snapshot`);
});

function playThrough(t: ExecutionContext, steps: readonly Step[]): { replays: number; snapshots: number } {
  const config = configOf({ STREAM_MAX_AGE_SECONDS: '3600', STREAM_DRAIN_TIMEOUT_SECONDS: '3600' });
  const settings: PresenceSettings = {
    ...config.presence,
    lastSeenKeptMs: 86_400_000,
    maxLastSeen: 100_000,
    maxSessions: 2,
  };
  const time = new FakeTime();
  let serveChanges = () => {};
  const presence = new Presence(settings, () => serveChanges());
  const model = new PresenceModel(settings);
  const { log, logged } = keepingLog();
  const hub = new Hub({
    clock: time,
    random: () => 0,
    createStreamId: () => 'id',
    log,
    counters: new Counters(),
    settings: config.streams,
  });
  const ringLimits = { maxEvents: 4, maxLength: 1200 };
  const feeds = new Feeds({ presence, clock: time, hub, tickIntervalMs: 2000, processId: 'here', ringLimits });
  // Two dashboards on the whole site and two on a room; each pair shares its states by event id.
  const dashboards = ROOMS.flatMap((name) => {
    const states = new Map<string, State>();
    return [name, name].map((place) => ({ place, dashboard: new Dashboard(states) }));
  });
  const counts = { replays: 0, snapshots: 0 };
  // Watchers of changes know the state of the last flush, also those who have just come.
  const flushed = new Map<string | undefined, unknown[]>(ROOMS.map((place) => [place, []]));
  const flush = feeds.flush.bind(feeds);
  feeds.flush = () => {
    for (const place of ROOMS) {
      const online = [...model.online(time.nowMs(), place)];
      flushed.set(
        place,
        online.map(([name, one]) => [name, { status: one.status, info: one.info ?? '{}' }]),
      );
    }
    flush();
  };
  serveChanges = startRhythm({
    ...{ presence, feeds, hub, log, clock: time, timers: time, settings: config.streams },
    observeTick: () => {},
    observeFlush: () => {},
  });
  const check = (index: number) => () => {
    const { place, dashboard } = dashboards[index]!;
    t.deepEqual([...dashboard.state].sort(([a], [b]) => (a < b ? -1 : 1)) as unknown[], flushed.get(place));
  };

  for (const each of steps) {
    if (each.do === 'hit') {
      const hit = { ...each, activityMs: time.nowMs() - each.agoMs };
      presence.hit(hit, time.nowMs());
      model.hit(hit, time.nowMs());
    } else if (each.do === 'leave') {
      presence.leave(each, time.nowMs());
      model.leave(each, time.nowMs());
    } else if (each.do === 'pass') {
      time.pass(each.ms);
    } else {
      const { place, dashboard } = dashboards[each.who]!;
      if (each.do === 'close') dashboard.sink?.destroy();
      if (each.do === 'stall' && dashboard.sink) dashboard.sink.isStalled = true;
      if (each.do === 'resume') dashboard.sink?.resume();
      if (each.do === 'connect') {
        const id = eventIdFor(each.id, dashboard);
        dashboard.open(feeds, hub, place, id, check(each.who));
        check(each.who)();
        if (id !== undefined) {
          if (dashboard.greeting.startsWith('event: change')) counts.replays++;
          if (dashboard.greeting.startsWith('event: snapshot')) counts.snapshots++;
        }
      }
    }
    if (each.do === 'pass' && each.ms >= 2000)
      t.is(presence.unflushedCount, 0, 'what changed is sent with the next tick');
    // The hub catches what a sink throws, so a failed check would not reach fast-check, which could not shrink it.
    for (const { fields } of logged) throw (fields as { error: unknown }).error;
  }
  return counts;
}

function eventIdFor(choice: string | number, dashboard: Dashboard): string | undefined {
  const known = [...dashboard.statesById.keys()];
  if (typeof choice === 'number') return known[Math.max(0, known.length - 1 - choice)];
  if (choice === 'own') return dashboard.lastEventId;
  return { none: undefined, 'other process': 'there-1', future: 'here-999999', nonsense: 'here-1; x' }[choice];
}
