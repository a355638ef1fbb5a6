import test from 'ava';
import { createPage, OK, okWithInterval, refusal, settle } from '../../support/heartbeat-page.js';

test('a heartbeat sends uid, room, info, idle time and session, and schedules the next after the interval', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada', room: 'hall', info: { name: 'Ada' } });
  heartbeat.beat();
  await settle();
  t.deepEqual(page.sent, [
    {
      path: 'v1/hit',
      body: { uid: 'ada', room: 'hall', info: { name: 'Ada' }, idle_for: 12.3, session: 's1', view: {} },
    },
  ]);
  t.deepEqual(page.delaysMs, [30_000]);
});

test('without a backend for tokens the first heartbeat is sent at once, even if the page stops in the same moment', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada' }, 1, undefined, false);
  heartbeat.beat();
  heartbeat.stop();
  t.is(page.sent.length, 1);
});

test('several calls of beat at once send one heartbeat, and one more after its answer', async (t) => {
  const { page, heartbeat } = createPage();
  for (let count = 0; count < 5; count++) heartbeat.beat();
  await settle();
  t.is(page.sent.length, 2);
});

test('events of the page that bring nothing new send no heartbeat while one is in flight, nor within a second after it', async (t) => {
  const { page, heartbeat } = createPage();
  heartbeat.beat();
  heartbeat.resume();
  heartbeat.beatUnlessRecent();
  heartbeat.wake();
  await settle();
  page.nowMs += 999;
  heartbeat.beatUnlessRecent();
  await settle();
  t.is(page.sent.length, 1);
  page.nowMs += 1;
  heartbeat.beatUnlessRecent();
  await settle();
  t.is(page.sent.length, 2);
});

test('an event of the page while a heartbeat is in flight sends another one at once if that one fails', async (t) => {
  const { page, heartbeat } = createPage();
  page.answers = ['nothing'];
  heartbeat.beat();
  heartbeat.beatUnlessRecent();
  await settle();
  t.is(page.sent.length, 2);
});

test('a page that returns from the back/forward cache sends one heartbeat', async (t) => {
  for (const order of [['resume', 'beatUnlessRecent'] as const, ['beatUnlessRecent', 'resume'] as const]) {
    const { page, heartbeat } = createPage();
    heartbeat.beat();
    await settle();
    heartbeat.pause();
    page.nowMs += 60_000;
    await settle();
    page.sent = [];
    for (const event of order) {
      heartbeat[event]();
      await settle();
    }
    t.is(page.sent.length, 1, order.join());
  }
});

test('the interval is what the service asks for, and what the page asks for if that is shorter', async (t) => {
  const delaysWith = async (maxIntervalMs: number | undefined) => {
    const { page, heartbeat } = createPage({ uid: 'ada' }, 1, maxIntervalMs);
    page.answers = [OK, okWithInterval(5), OK, okWithInterval(60)];
    for (let count = 0; count < 4; count++) {
      heartbeat.wake();
      await settle();
    }
    return page.delaysMs;
  };
  t.deepEqual(await delaysWith(undefined), [30_000, 5000, 5000, 60_000]);
  t.deepEqual(await delaysWith(10_000), [10_000, 5000, 5000, 10_000]);
  t.deepEqual(await delaysWith(45_000), [30_000, 5000, 5000, 45_000]);
});

test('an interval without sense from the service never makes heartbeats without a pause', async (t) => {
  for (const [interval, delayMs] of [
    [1e-9, 100],
    [1e12, 3_600_000],
    [-5, 100],
  ] as const) {
    const { page, heartbeat } = createPage();
    page.answers = [okWithInterval(interval)];
    heartbeat.wake();
    await settle();
    t.deepEqual(page.delaysMs, [delayMs]);
  }
});

test('every tenth heartbeat that is answered asks for the interval, the first one until it is answered', async (t) => {
  const { page, heartbeat } = createPage();
  page.answers = ['nothing'];
  for (let count = 0; count < 22; count++) {
    heartbeat.wake();
    await settle();
  }
  const asking = page.sent.flatMap(({ body }, index) => ('view' in body ? [index] : []));
  t.deepEqual(asking, [0, 1, 11, 21]);
});

test('without an answer it retries with exponential backoff and jitter, at the interval at the latest', async (t) => {
  const delaysWith = async (randomValue: number) => {
    const { page, heartbeat } = createPage({ uid: 'ada' }, randomValue);
    page.answers = ['nothing', refusal(503), refusal(408), 'nothing', 'nothing', 'nothing', OK];
    for (let count = 0; count < 7; count++) {
      heartbeat.beat();
      await settle();
    }
    return page.delaysMs;
  };
  t.deepEqual(await delaysWith(1), [2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  t.deepEqual(await delaysWith(0), [1000, 2000, 4000, 8000, 15_000, 15_000, 30_000]);
});

test('several failures in a row give one hint in the console, except while the network is down', async (t) => {
  const warningsWith = async (isOnline: boolean) => {
    const { page, heartbeat } = createPage();
    page.isOnline = isOnline;
    page.answers = Array.from({ length: 10 }, () => 'nothing' as const);
    for (let count = 0; count < 10; count++) {
      heartbeat.beat();
      await settle();
    }
    return page.warnings;
  };
  t.is((await warningsWith(true)).length, 1);
  t.is((await warningsWith(false)).length, 0);
});

for (const status of [400, 401, 403, 404, 413]) {
  test(`status ${status} stops the heartbeats with one warning`, async (t) => {
    const { page, heartbeat } = createPage();
    page.answers = [refusal(status)];
    heartbeat.beat();
    await settle();
    heartbeat.beat();
    heartbeat.resume();
    heartbeat.stop();
    await settle();
    t.is(page.sent.length, 1);
    t.is(page.beacons.length, 0);
    t.deepEqual(page.warnings, [`stopped, as the service answered ${status}. Do it right.`]);
  });
}

test('status 429 waits for the time in Retry-After, at least the interval and at most an hour', async (t) => {
  const { page, heartbeat } = createPage();
  page.answers = [refusal(429, 75), refusal(429, 5), refusal(429), refusal(429, 1e10)];
  for (let count = 0; count < 4; count++) {
    heartbeat.wake();
    await settle();
  }
  t.deepEqual(page.delaysMs, [75_000, 30_000, 30_000, 3_600_000]);
  t.deepEqual(page.warnings, []);
});

test('events of the page do not cut short the wait after 429', async (t) => {
  const { page, heartbeat } = createPage();
  page.answers = [refusal(429, 75)];
  heartbeat.beat();
  heartbeat.beat();
  await settle();
  heartbeat.beat();
  heartbeat.pause();
  heartbeat.resume();
  await settle();
  t.is(page.sent.length, 1);
  heartbeat.wake();
  await settle();
  t.is(page.sent.length, 2);
});

test('a new token resumes heartbeats that the service has refused, and is sent with the leave', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada', token: 'old' });
  page.answers = [refusal(401)];
  heartbeat.beat();
  await settle();
  heartbeat.update({ uid: 'ada', token: 'new' });
  await settle();
  heartbeat.update({ uid: 'bob', token: "bob's" });
  await settle();
  t.deepEqual(
    page.sent.map(({ path, body: { uid, token } }) => [path, uid, token]),
    [
      ['v1/hit', 'ada', 'old'],
      ['v1/hit', 'ada', 'new'],
      ['v1/leave', 'ada', 'new'],
      ['v1/hit', 'bob', "bob's"],
    ],
  );
});
