import test from 'ava';
import { type Answer, createHeartbeat, type Ports, type Visitor } from '../../src/web/client/heartbeat.js';

const OK: Answer = { status: 200, message: '', retryAfterSeconds: undefined };
const refusal = (status: number, retryAfterSeconds?: number): Answer => ({
  status,
  message: 'Do it right.',
  retryAfterSeconds,
});

/** A page whose service answers as it is told to: with an answer, or not at all. */
function createPage(visitor: Visitor = { uid: 'ada' }, randomValue = 1) {
  const page = {
    answers: [] as (Answer | 'nothing')[],
    sent: [] as { path: string; body: Record<string, unknown> }[],
    beacons: [] as { path: string; body: Record<string, unknown> }[],
    delays: [] as number[],
    warnings: [] as string[],
    isOnline: true,
    isPrerendering: false,
  };
  const ports: Ports = {
    post: async (path, body) => {
      page.sent.push({ path, body: JSON.parse(JSON.stringify(body)) });
      const answer = page.answers.shift() ?? OK;
      if (answer === 'nothing') throw new TypeError('Failed to fetch');
      return answer;
    },
    beacon: (path, body) => page.beacons.push({ path, body: JSON.parse(JSON.stringify(body)) }),
    schedule: (delayMs) => page.delays.push(delayMs),
    idleSeconds: () => 12.34,
    random: () => randomValue,
    isOnline: () => page.isOnline,
    isPrerendering: () => page.isPrerendering,
    warn: (message) => page.warnings.push(message),
  };
  const heartbeat = createHeartbeat(ports, visitor, { intervalMs: 30_000, session: 's1' });
  return { page, heartbeat };
}

/** Lets promises that are already kept take their course. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a heartbeat says who, where, for how long idle and from which page, and comes again after the interval', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada', room: 'hall', info: { name: 'Ada' } });
  heartbeat.beat();
  await settle();
  t.deepEqual(page.sent, [
    { path: 'v1/hit', body: { uid: 'ada', room: 'hall', info: { name: 'Ada' }, idle_for: 12.3, session: 's1' } },
  ]);
  t.deepEqual(page.delays, [30_000]);
});

test('many reasons to beat at once make one heartbeat under way and one after it', async (t) => {
  const { page, heartbeat } = createPage();
  for (let count = 0; count < 5; count++) heartbeat.beat();
  await settle();
  t.is(page.sent.length, 2);
});

test('without an answer it tries again, later each time but never later than the interval, and differs from page to page', async (t) => {
  const delaysWith = async (randomValue: number) => {
    const { page, heartbeat } = createPage({ uid: 'ada' }, randomValue);
    page.answers = ['nothing', refusal(503), refusal(408), 'nothing', 'nothing', 'nothing', OK];
    for (let count = 0; count < 7; count++) {
      heartbeat.beat();
      await settle();
    }
    return page.delays;
  };
  t.deepEqual(await delaysWith(1), [2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  t.deepEqual(await delaysWith(0), [1000, 2000, 4000, 8000, 15_000, 15_000, 30_000]);
});

test('after several failures in a row there is one hint, unless the network is down', async (t) => {
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
  test(`${status} stops it for good with one message`, async (t) => {
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

test('429 waits for as long as it is told, at least the interval, at most an hour', async (t) => {
  const { page, heartbeat } = createPage();
  page.answers = [refusal(429, 75), refusal(429, 5), refusal(429), refusal(429, 1e10)];
  for (let count = 0; count < 4; count++) {
    heartbeat.wake();
    await settle();
  }
  t.deepEqual(page.delays, [75_000, 30_000, 30_000, 3_600_000]);
  t.deepEqual(page.warnings, []);
});

test('what happens on the page does not cut short the time that the service asked for', async (t) => {
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

test('a goodbye that was not answered is said again before the next heartbeat', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada' });
  page.answers = ['nothing'];
  heartbeat.update({ uid: 'bob' });
  await settle();
  heartbeat.wake();
  await settle();
  t.deepEqual(
    page.sent.map(({ path, body: { uid } }) => `${path} ${uid}`),
    ['v1/leave ada', 'v1/leave ada', 'v1/hit bob'],
  );
});

test('of the goodbyes that pile up without a network, the latest are kept', async (t) => {
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
  t.deepEqual(
    page.sent.slice(-2).map(({ path, body: { uid } }) => `${path} ${uid}`),
    ['v1/leave visitor 49', 'v1/hit visitor 50'],
  );
});

test('a new token revives what the service had refused, and the old one says the goodbye', async (t) => {
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

test('a page that goes says goodbye once, is silent, and beats at once when it comes back', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada', room: 'hall' });
  heartbeat.beat();
  await settle();
  heartbeat.pause();
  heartbeat.pause();
  heartbeat.beat();
  await settle();
  t.deepEqual(page.beacons, [{ path: 'v1/leave', body: { uid: 'ada', session: 's1' } }]);
  t.is(page.sent.length, 1);
  heartbeat.resume();
  await settle();
  t.is(page.sent.length, 2);
});

test('another room is entered after the old one is left, another uid after the old one has gone', async (t) => {
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
