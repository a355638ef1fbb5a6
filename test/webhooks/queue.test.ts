import test from 'ava';
import { Presence } from '../../src/presence/presence.js';
import { QUEUE_BOUNDS, Queue } from '../../src/webhooks/queue.js';
import { Snapshot } from '../../src/webhooks/snapshot.js';
import { configOf } from '../support/service.js';

const TIMESTAMP = new Date(0).toISOString();
const EVENTS = Array.from({ length: 100 }, (_, number) => `{"type":"visitor.left","data":{"uid":"${number}"}}`);

function createQueue(hasSnapshots = true) {
  const counts = { snapshots: 0 };
  const presence = new Presence(configOf().presence);
  const takeSnapshot = () => {
    counts.snapshots++;
    return new Snapshot(presence, false, TIMESTAMP, QUEUE_BOUNDS.maxMessageBytes);
  };
  let ids = 0;
  const queue = new Queue({
    batchMs: 2000,
    takeSnapshot: hasSnapshots ? takeSnapshot : undefined,
    createId: () => `msg_${++ids}`,
  });
  return { queue, counts };
}

test('while a snapshot waits to be read, events are not held, and it is read only when it is sent', (t) => {
  const { queue, counts } = createQueue();
  queue.restart(0);
  for (let second = 0; second < 1000; second++) queue.add(EVENTS, second * 1000);
  t.is(queue.size, 0);
  t.is(counts.snapshots, 0);
  t.is(JSON.parse(queue.next(TIMESTAMP)!.body).type, 'presence.snapshot');
  t.is(counts.snapshots, 1);
});

test('a receiver that refuses all holds no more than the bound, however long', (t) => {
  const { queue } = createQueue();
  queue.restart(0);
  queue.next(TIMESTAMP);
  queue.accept();
  let most = 0;
  for (let second = 1; second < 1000; second++) {
    queue.add(EVENTS, second * 1000);
    if (queue.next(TIMESTAMP) !== undefined) queue.refuse(second * 1000);
    most = Math.max(most, queue.size);
  }
  t.true(most > 0 && most <= QUEUE_BOUNDS.maxEvents, String(most));
  t.true(queue.dropped > 0);
});

test('without snapshots, what exceeds the bound is dropped, and later events are sent', (t) => {
  const { queue } = createQueue(false);
  queue.restart(0);
  for (let second = 0; second < 51; second++) queue.add(EVENTS, second * 1000);
  t.is(queue.size, 0);
  t.is(queue.dropped, 5100);
  queue.add(EVENTS, 60_000);
  t.is(queue.dueAtMs(), 62_000);
  t.is(JSON.parse(queue.next(TIMESTAMP)!.body).data.events.length, 100);
});
