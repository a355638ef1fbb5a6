import test from 'ava';
import type { Answer } from '../../../src/web/client/ports.js';
import { createPage, linesOf, OK, settle } from '../../support/heartbeat-page.js';

test('a page that is hidden sends one leave and no more heartbeats until it is shown again', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada', room: 'hall' });
  heartbeat.beat();
  await settle();
  heartbeat.pause();
  heartbeat.pause();
  heartbeat.beat();
  await settle();
  t.deepEqual(page.lastSent, [{ path: 'v1/leave', body: { uid: 'ada', session: 's1' } }]);
  heartbeat.resume();
  await settle();
  t.is(page.sent.length, 2);
  t.deepEqual(page.beacons, []);
});

test('a leave that cannot be posted goes by beacon, unless the page has returned', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada' });
  heartbeat.beat();
  await settle();
  page.answers = ['nothing'];
  heartbeat.pause();
  await settle();
  t.deepEqual(page.beacons, [{ path: 'v1/leave', body: { uid: 'ada', session: 's1' } }]);
  heartbeat.resume();
  await settle();
  page.answers = ['nothing'];
  heartbeat.pause();
  heartbeat.resume();
  await settle();
  t.is(page.beacons.length, 1);
  t.is(page.lastSent.length, 2);
  t.is(page.sent.length, 3);
});

test('a change of room or uid sends a leave for the old one and then a heartbeat', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada', room: 'hall' });
  heartbeat.update({ uid: 'ada', room: 'attic' });
  await settle();
  heartbeat.update({ uid: 'bob', room: 'attic' });
  await settle();
  heartbeat.update({ uid: 'bob', room: 'attic' });
  await settle();
  t.deepEqual(
    page.sent.map(({ path, body: { uid, room } }) => [path, uid, room]),
    [
      ['v1/leave', 'ada', 'hall'],
      ['v1/hit', 'ada', 'attic'],
      ['v1/leave', 'ada', undefined],
      ['v1/hit', 'bob', 'attic'],
      ['v1/hit', 'bob', 'attic'],
    ],
  );
});

test('a leave without an answer is sent again before the next heartbeat', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada' });
  page.answers = ['nothing'];
  heartbeat.update({ uid: 'bob' });
  await settle();
  heartbeat.wake();
  await settle();
  t.deepEqual(linesOf(page.sent), ['v1/leave ada', 'v1/leave ada', 'v1/hit bob']);
});

test('of the leaves that pile up without a network, the latest 20 are kept', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'visitor 0' });
  for (let number = 1; number <= 50; number++) {
    page.answers = ['nothing'];
    heartbeat.update({ uid: `visitor ${number}` });
    await settle();
  }
  page.answers = [];
  page.sent = [];
  heartbeat.wake();
  await settle();
  t.is(page.sent.length, 21);
  t.deepEqual(linesOf(page.sent.slice(-2)), ['v1/leave visitor 49', 'v1/hit visitor 50']);
});

test('a visitor who is stopped while the leave of the one before is in flight never appears', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada' });
  heartbeat.beat();
  await settle();
  let answerLeave: (answer: Answer) => void = () => {};
  page.answers = [
    new Promise((resolve) => {
      answerLeave = resolve;
    }),
  ];
  heartbeat.update({ uid: 'bob' });
  heartbeat.stop();
  answerLeave(OK);
  await settle();
  t.deepEqual(linesOf(page.sent), ['v1/hit ada', 'v1/leave ada']);
});

test('a page that is hidden before an earlier leave was sent sends both', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada' });
  page.answers = [new Promise(() => {})];
  heartbeat.beat();
  await settle();
  heartbeat.update({ uid: 'bob' });
  heartbeat.pause();
  await settle();
  t.deepEqual(linesOf(page.lastSent), ['v1/leave ada', 'v1/leave bob']);
});
