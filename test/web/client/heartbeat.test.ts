import test from 'ava';
import { createPage, OK, refusal, settle } from '../../support/heartbeat-page.js';

test('a heartbeat sends uid, room, info, idle time and session, and schedules the next after the interval', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada', room: 'hall', info: { name: 'Ada' } });
  heartbeat.beat();
  await settle();
  t.deepEqual(page.sent, [
    { path: 'v1/hit', body: { uid: 'ada', room: 'hall', info: { name: 'Ada' }, idle_for: 12.3, session: 's1' } },
  ]);
  t.deepEqual(page.delaysMs, [30_000]);
});

test('several calls of beat at once send one heartbeat, and one more after its answer', async (t) => {
  const { page, heartbeat } = createPage();
  for (let count = 0; count < 5; count++) heartbeat.beat();
  await settle();
  t.is(page.sent.length, 2);
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
