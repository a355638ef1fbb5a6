import test from 'ava';
import fc from 'fast-check';
import { Presence } from '../../src/presence/presence.js';
import { WEBHOOK_EVENT_TYPES } from '../../src/protocol/webhook-events.js';
import { eventsOf } from '../../src/webhooks/events.js';
import { type Message, Queue } from '../../src/webhooks/queue.js';
import { Snapshot } from '../../src/webhooks/snapshot.js';
import { checkProperty } from '../support/property.js';
import { configOf } from '../support/service.js';
import { WebhookFold } from '../support/webhook-fold.js';

const SETTINGS = configOf({ HEARTBEAT_SECONDS: '5', ONLINE_WINDOW_SECONDS: '10', ACTIVE_WINDOW_SECONDS: '8' }).presence;
const BOUNDS = { maxEvents: 6, maxWaitMs: 20_000, maxMessageBytes: 300 };
const TYPES = new Set(WEBHOOK_EVENT_TYPES);
const TIMESTAMP = new Date(0).toISOString();

/** `lost`: the receiver has the message, and the service does not know it. */
type Outcome = 'accepted' | 'lost' | 'failed';
type Step =
  | {
      readonly kind: 'hit';
      uid: string;
      room: string | undefined;
      idleForMs: number;
      info: string | undefined;
      invisible: boolean | undefined;
    }
  | { readonly kind: 'leave'; uid: string; room: string | undefined }
  | { readonly kind: 'pass'; ms: number }
  | { readonly kind: 'flush' | 'begin' | 'restart' | 'catch up' }
  | { readonly kind: 'finish'; outcome: Outcome };

const uid = fc.constantFrom('a', 'b', 'c', 'd', 'ü', '"', '__proto__');
const room = fc.constantFrom(undefined, 'hall', 'lobby', '{"}');
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('hit' as const),
      uid,
      room,
      idleForMs: fc.constantFrom(0, 5000, 9000),
      info: fc.constantFrom(undefined, '{}', '{"name":"A"}', `{"text":"${'x'.repeat(200)}"}`),
      invisible: fc.constantFrom(undefined, undefined, true, false),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), uid, room }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 6000 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'begin' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'catch up' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('finish' as const),
      outcome: fc.constantFrom<Outcome>('accepted', 'accepted', 'lost', 'failed'),
    }),
  },
) as fc.Arbitrary<Step>;

/** A service with its queue, and a receiver that folds what it is sent. */
class Site {
  readonly fold = new WebhookFold();
  nowMs = 1_000_000;
  mostWaiting = 0;
  largest = 0;
  #presence!: Presence;
  #queue!: Queue;
  #inFlight: Message | undefined;
  #ids = 0;
  readonly #bodies = new Map<string, string>();

  readonly #batchMs: number;

  constructor(batchMs: number) {
    this.#batchMs = batchMs;
    this.restart();
  }

  restart(): void {
    const presence = new Presence(SETTINGS);
    this.#presence = presence;
    this.#queue = new Queue({
      batchMs: this.#batchMs,
      takeSnapshot: () => new Snapshot(presence, true, TIMESTAMP, BOUNDS.maxMessageBytes),
      createId: () => `msg_${++this.#ids}`,
      bounds: BOUNDS,
    });
    this.#queue.restart(this.nowMs);
    this.#inFlight = undefined;
  }

  run(step: Step): void {
    if (step.kind === 'hit') {
      const { uid, room, idleForMs, info, invisible } = step;
      this.#presence.hit({ uid, room, activityMs: this.nowMs - idleForMs, info, invisible }, this.nowMs);
    } else if (step.kind === 'leave') this.#presence.leave({ uid: step.uid, room: step.room }, this.nowMs);
    else if (step.kind === 'pass') this.nowMs += step.ms;
    else if (step.kind === 'flush') this.#flush();
    else if (step.kind === 'restart') this.restart();
    else if (step.kind === 'catch up') this.catchUp();
    else if (step.kind === 'begin') this.#inFlight ??= this.#queue.next(TIMESTAMP);
    else if (step.kind === 'finish') this.#finish(step.outcome);
  }

  /** Whether the receiver has everything up to the last flush. */
  get isCaughtUp(): boolean {
    return this.#inFlight === undefined && this.#queue.dueAtMs() === undefined;
  }

  catchUp(): void {
    this.#flush();
    while (!this.isCaughtUp) {
      this.#inFlight ??= this.#queue.next(TIMESTAMP);
      this.#finish('accepted');
    }
  }

  known() {
    const { fold } = this;
    const visitors = [...fold.visitors].map(([uid, { status, info }]) => ({ uid, status, info: info ?? {} }));
    const rooms = [...fold.rooms].flatMap(([room, members]) =>
      [...members].map(([uid, status]) => `${room} ${uid} ${status}`),
    );
    return { visitors: visitors.sort(byUid), rooms: rooms.sort(), occupied: [...fold.occupied].sort() };
  }

  online() {
    const presence = this.#presence;
    const members = presence.flushedMembers();
    const visitors = members.map(({ uid, status, info }) => ({ uid, status, info: JSON.parse(info ?? '{}') }));
    const names = presence.roomNames.filter((room) => presence.flushedMembers(room).length > 0);
    const rooms = names.flatMap((room) =>
      presence.flushedMembers(room).map(({ uid, status }) => `${room} ${uid} ${status}`),
    );
    return { visitors: visitors.sort(byUid), rooms: rooms.sort(), occupied: [...names].sort() };
  }

  #flush(): void {
    const events = eventsOf(this.#presence.flush(this.nowMs), TIMESTAMP, TYPES);
    this.#queue.add(events, this.nowMs);
    this.mostWaiting = Math.max(this.mostWaiting, this.#queue.size);
  }

  #finish(outcome: Outcome): void {
    const message = this.#inFlight;
    if (message === undefined) return;
    this.#inFlight = undefined;
    if ((this.#bodies.get(message.id) ?? message.body) !== message.body) throw new Error('An id has two bodies.');
    this.#bodies.set(message.id, message.body);
    if (message.eventCount > 1) this.largest = Math.max(this.largest, Buffer.byteLength(message.body));
    if (outcome !== 'failed') this.fold.take(JSON.parse(message.body));
    if (outcome === 'accepted') this.#queue.accept();
    else this.#queue.refuse(this.nowMs);
  }
}

const byUid = (a: { uid: string }, b: { uid: string }) => (a.uid < b.uid ? -1 : 1);

for (const batchMs of [0, 2000]) {
  test(`a receiver that folds the messages knows who is online, whatever fails (batches of ${batchMs} ms)`, (t) => {
    let comparisons = 0;
    checkProperty(
      t,
      fc.property(fc.array(step, { minLength: 30, maxLength: 120 }), (steps) => {
        const site = new Site(batchMs);
        for (const each of steps) {
          site.run(each);
          if (!site.isCaughtUp) continue;
          comparisons++;
          t.deepEqual(site.known(), site.online());
        }
        site.catchUp();
        t.deepEqual(site.known(), site.online());
        t.true(site.mostWaiting <= BOUNDS.maxEvents);
        t.true(site.largest <= BOUNDS.maxMessageBytes);
      }),
      { numRuns: 400 },
    );
    t.true(comparisons > 400, `${comparisons} comparisons`);
  });
}
