import test from 'ava';
import type { Operation } from '../../src/replication/operations.js';
import { Outbox } from '../../src/replication/outbox.js';

const hit = (uid: string, atMs: number, session?: string): Operation => ({
  kind: 'hit',
  origin: 'me',
  number: atMs,
  uid,
  session,
  atMs,
  activityMs: atMs,
  onlineSinceMs: atMs,
  carried: undefined,
});

const takeAll = (outbox: Outbox) => outbox.takeAll().map(({ uid, atMs }) => `${uid} ${atMs}`);

test('of the heartbeats of one page only the last is kept', (t) => {
  const outbox = new Outbox(10);
  for (const each of [hit('ada', 1), hit('bob', 2), hit('ada', 3), hit('ada', 4, 's1')]) outbox.add(each);
  t.deepEqual(takeAll(outbox), ['bob 2', 'ada 3', 'ada 4']);
  t.is(outbox.size, 0);
});

test('operations that are put back come before later ones, and do not replace them', (t) => {
  const outbox = new Outbox(10);
  outbox.add(hit('ada', 1));
  outbox.add(hit('bob', 2));
  const failed = outbox.takeAll();
  outbox.add(hit('ada', 3));
  outbox.add(hit('cyd', 4));
  outbox.putBack(failed);
  t.deepEqual(takeAll(outbox), ['bob 2', 'ada 3', 'cyd 4']);
});

test('beyond the limit the oldest operation is dropped and counted', (t) => {
  const outbox = new Outbox(3);
  for (let number = 0; number < 10; number++) outbox.add(hit(`visitor-${number}`, number));
  t.deepEqual(takeAll(outbox), ['visitor-7 7', 'visitor-8 8', 'visitor-9 9']);
  t.is(outbox.dropped, 7);
});

test('a heartbeat that is older than the waiting one of its page changes nothing', (t) => {
  const outbox = new Outbox(10);
  outbox.add(hit('ada', 5));
  outbox.add(hit('ada', 3));
  t.deepEqual(takeAll(outbox), ['ada 5']);
});
