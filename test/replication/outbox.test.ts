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
  carried: undefined,
});

const told = (outbox: Outbox) => outbox.takeAll().map(({ uid, atMs }) => `${uid} ${atMs}`);

test('of the heartbeats of one page the last one is told', (t) => {
  const outbox = new Outbox(10);
  for (const each of [hit('ada', 1), hit('bob', 2), hit('ada', 3), hit('ada', 4, 's1')]) outbox.add(each);
  t.deepEqual(told(outbox), ['bob 2', 'ada 3', 'ada 4']);
  t.is(outbox.size, 0);
});

test('what could not be told is told before what came later, and not over it', (t) => {
  const outbox = new Outbox(10);
  outbox.add(hit('ada', 1));
  outbox.add(hit('bob', 2));
  const taken = outbox.takeAll();
  outbox.add(hit('ada', 3));
  outbox.add(hit('cyd', 4));
  outbox.putBack(taken);
  t.deepEqual(told(outbox), ['bob 2', 'ada 3', 'cyd 4']);
});

test('beyond the bound the oldest is given up, and counted', (t) => {
  const outbox = new Outbox(3);
  for (let number = 0; number < 10; number++) outbox.add(hit(`visitor-${number}`, number));
  t.deepEqual(told(outbox), ['visitor-7 7', 'visitor-8 8', 'visitor-9 9']);
  t.is(outbox.dropped, 7);
});

test('a heartbeat that is older than the one that waits changes nothing', (t) => {
  const outbox = new Outbox(10);
  outbox.add(hit('ada', 5));
  outbox.add(hit('ada', 3));
  t.deepEqual(told(outbox), ['ada 5']);
});
