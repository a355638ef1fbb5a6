import test from 'ava';
import type { View, ViewRequest } from '../../../src/protocol/messages.js';
import { createPage, OK, refusal, settle } from '../../support/heartbeat-page.js';

const VIEW: View = { visitors: [{ uid: 'bob', status: 'active' }] };

/** Elements that ask for the next of these with each heartbeat, and record what they are given. */
function askFor(...requests: (ViewRequest | undefined)[]) {
  const rooms: (string | undefined)[] = [];
  const received: (View | undefined)[] = [];
  return {
    rooms,
    received,
    next(room: string | undefined) {
      rooms.push(room);
      return requests.shift();
    },
    receive: (view: View | undefined) => void received.push(view),
  };
}

test('a heartbeat asks for what the elements of the page want, and gives them the answer', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada', room: 'hall' });
  const asker = askFor({ uids: ['bob'] }, undefined, { totals: true });
  page.asker = asker;
  page.answers = [{ ...OK, view: VIEW }, OK, { ...OK, view: {} }];
  for (let count = 0; count < 3; count++) {
    heartbeat.wake();
    await settle();
  }
  t.deepEqual(
    page.sent.map(({ body }) => body.view),
    [{ uids: ['bob'] }, undefined, { totals: true }],
  );
  t.deepEqual(asker.rooms, ['hall', 'hall', 'hall']);
  t.deepEqual(asker.received, [VIEW, {}]);
});

for (const status of [400, 413]) {
  test(`a heartbeat that is answered ${status} is sent again without the view, and later ones go without`, async (t) => {
    const { page, heartbeat } = createPage();
    const asker = askFor({ uids: ['bob'] }, { uids: ['bob'] }, { uids: ['bob'] });
    page.asker = asker;
    page.answers = [refusal(status)];
    heartbeat.beat();
    await settle();
    heartbeat.wake();
    await settle();
    t.deepEqual(
      page.sent.map(({ body }) => body.view),
      [{ uids: ['bob'] }, {}, undefined],
    );
    t.deepEqual(asker.received, [undefined]);
    t.deepEqual(page.warnings, []);
    t.true(heartbeat.isRunning());
  });
}

test('a heartbeat that is refused with and without the view stops the heartbeats', async (t) => {
  const { page, heartbeat } = createPage();
  page.asker = askFor({ totals: true });
  page.answers = [refusal(400), refusal(400)];
  heartbeat.beat();
  await settle();
  t.is(page.sent.length, 2);
  t.is(page.warnings.length, 1);
  t.false(heartbeat.isRunning());
});

test('a fault of the elements does not end the heartbeats', async (t) => {
  const { page, heartbeat } = createPage();
  page.asker = {
    next: () => ({ totals: true }),
    receive() {
      throw new Error('a fault');
    },
  };
  page.answers = [{ ...OK, view: {} }];
  heartbeat.beat();
  await settle();
  page.asker.next = () => {
    throw new Error('a fault');
  };
  heartbeat.wake();
  await settle();
  t.is(page.sent.length, 2);
  t.deepEqual(page.delaysMs, [30_000, 30_000]);
});
