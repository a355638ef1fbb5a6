import test from 'ava';
import { ElementsPage } from '../../support/elements-source.js';

const HERE = { in: 'here' } as const;

test('without a visitor script everything is asked for by one request per interval of 30 s', async (t) => {
  const page = new ElementsPage();
  page.addVisitors(100);
  page.add({ place: HERE });
  page.add({ place: HERE, members: 5 });
  page.add({ place: HERE, members: 20 });
  await page.pass(100_000);
  const startMs = page.asked[0]!.atMs;
  t.deepEqual(
    page.asked.map(({ atMs, by }) => [(atMs - startMs) / 1000, by]),
    [
      [0, 'get'],
      [30, 'get'],
      [60, 'get'],
      [90, 'get'],
    ],
  );
  for (const { request } of page.asked) {
    t.deepEqual({ ...request, uids: request.uids?.length }, { totals: true, members: 20, uids: 100 });
  }
});

test('with a visitor script the heartbeats carry it, and one more heartbeat as the elements come', async (t) => {
  const page = new ElementsPage();
  page.startHeartbeats('hall');
  await page.pass(2000);
  page.addVisitors(3);
  page.add({ place: HERE, members: 5 });
  await page.pass(100_000);
  const startMs = page.asked[0]!.atMs;
  t.deepEqual(
    page.asked.map(({ atMs, by }) => [(atMs - startMs) / 1000, by]),
    [
      [0, 'heartbeat'],
      [30, 'heartbeat'],
      [60, 'heartbeat'],
      [90, 'heartbeat'],
    ],
  );
  t.deepEqual(page.asked[0]!.request, { room: 'hall', totals: true, members: 5, uids: ['v0', 'v1', 'v2'] });
});

test('without elements nothing is asked for', async (t) => {
  const page = new ElementsPage();
  const remove = page.add({ uid: 'ada' });
  page.add({ uid: '' });
  page.add({ uid: 'a\nb' });
  page.add({ place: { in: 'room', room: 'x'.repeat(257) } });
  remove();
  await page.pass(100_000);
  t.deepEqual(page.asked, []);
});

test('uids above 100 are asked for in further requests, a second apart', async (t) => {
  const page = new ElementsPage();
  page.addVisitors(250);
  await page.pass(10_000);
  t.deepEqual(
    page.asked.map(({ atMs, request }) => [atMs - page.asked[0]!.atMs, request.uids!.length]),
    [
      [0, 100],
      [1000, 100],
      [2000, 50],
    ],
  );
  t.is(new Set(page.asked.flatMap(({ request }) => request.uids!)).size, 250);
  page.asked.length = 0;
  await page.pass(30_000);
  t.is(page.asked.flatMap(({ request }) => request.uids!).length, 250);
});

test('however many uids a page wants, it refreshes them by at most ten requests per interval', async (t) => {
  const page = new ElementsPage();
  page.addVisitors(3000);
  await page.pass(40_000);
  page.asked.length = 0;
  await page.pass(300_000);
  t.true(page.asked.length <= 100 && page.asked.length > 90, String(page.asked.length));
  t.is(new Set(page.asked.flatMap(({ request }) => request.uids!)).size, 3000);
});

test('long uids make a request of at most 4 KiB', async (t) => {
  const page = new ElementsPage();
  for (let index = 0; index < 40; index++) page.add({ uid: `${index}${'é'.repeat(200)}` });
  await page.pass(60_000);
  for (const { request } of page.asked) t.true(encodeURIComponent(request.uids!.join()).length < 4200);
  t.is(new Set(page.asked.flatMap(({ request }) => request.uids!)).size, 40);
});

test('several rooms take turns', async (t) => {
  const page = new ElementsPage();
  page.startHeartbeats('hall');
  for (const room of ['a', 'b', 'c']) page.add({ place: { in: 'room', room } });
  await page.pass(8000);
  t.deepEqual(
    page.asked.map(({ by, request }) => [by, request.room]),
    [
      ['heartbeat', 'a'],
      ['heartbeat', 'b'],
      ['heartbeat', 'c'],
    ],
  );
});

test('a page whose heartbeats are in a room asks for the whole site by a request of its own', async (t) => {
  const page = new ElementsPage();
  page.startHeartbeats('hall');
  page.add({ place: { in: 'site' } });
  page.add({ place: HERE });
  await page.pass(8000);
  t.deepEqual(
    page.asked.map(({ by, request }) => [by, request.room]),
    [
      ['heartbeat', 'hall'],
      ['get', undefined],
    ],
  );
});

test('elements that come and go without end are asked for once a second, and only those that are new', async (t) => {
  const page = new ElementsPage();
  page.add({ uid: 'first' });
  await page.pass(2000);
  page.asked.length = 0;
  for (let step = 0; step < 100; step++) {
    const remove = page.add({ uid: `gone${step}` });
    remove();
    page.add({ uid: `new${step}` });
    await page.pass(100);
  }
  await page.pass(2000);
  const times = page.asked.map(({ atMs }) => atMs);
  t.true(times.every((atMs, index) => index === 0 || atMs - times[index - 1]! >= 1000));
  t.true(page.asked.length >= 9);
  const uids = page.asked.flatMap(({ request }) => request.uids!);
  t.is(uids.length, 100);
  t.true(uids.every((uid) => String(uid).startsWith('new')));
});

test('an element that returns soon shows what is known, without a request', async (t) => {
  const page = new ElementsPage();
  const remove = page.add({ uid: 'ada' });
  await page.pass(1000);
  remove();
  await page.pass(5000);
  page.add({ uid: 'ada' });
  t.is(page.wanted.visitor('ada', page.source.shownSinceMs)?.status, 'active');
  await page.pass(5000);
  t.is(page.asked.length, 1);
});

test('a hidden page asks for nothing, and asks at once when it is shown', async (t) => {
  for (const hasHeartbeats of [false, true]) {
    const page = new ElementsPage();
    if (hasHeartbeats) page.startHeartbeats();
    page.add({ uid: 'ada' });
    await page.pass(1000);
    page.isHidden = true;
    page.source.followVisibility();
    await page.pass(10_000);
    t.is(page.asked.length, 1);
    page.isHidden = false;
    page.source.followVisibility();
    await page.pass(1000);
    t.is(page.asked.length, 2);
    page.isHidden = true;
    page.source.followVisibility();
    page.isHidden = false;
    page.source.followVisibility();
    await page.pass(1000);
    t.is(page.asked.length, 2, 'a page that was hidden for a moment');
  }
});

test('the interval of the page counts, also where heartbeats are rarer', async (t) => {
  for (const hasHeartbeats of [false, true]) {
    const page = new ElementsPage();
    page.intervalMs = 5000;
    if (hasHeartbeats) page.startHeartbeats();
    page.add({ uid: 'ada' });
    await page.pass(1000);
    page.asked.length = 0;
    await page.pass(30_000);
    t.is(page.asked.length, 6);
    t.true(page.asked.every(({ by }) => by === (hasHeartbeats ? 'heartbeat' : 'get')));
  }
});

test('a visitor script that is still loading is waited for, but not for long', async (t) => {
  const page = new ElementsPage();
  page.isCarrierExpected = true;
  page.add({ uid: 'ada' });
  await page.pass(2000);
  t.deepEqual(page.asked, []);
  page.startHeartbeats();
  await page.pass(5000);
  t.deepEqual(
    page.asked.map(({ by }) => by),
    ['heartbeat'],
  );
  const other = new ElementsPage();
  other.isCarrierExpected = true;
  other.add({ uid: 'ada' });
  await other.pass(5000);
  t.deepEqual(
    other.asked.map(({ by }) => by),
    ['get'],
  );
});

test('while heartbeats are not answered, the elements do not cut their retries short', async (t) => {
  const page = new ElementsPage();
  page.startHeartbeats();
  page.isReachable = false;
  page.addVisitors(280);
  for (let index = 0; index < 20; index++) {
    page.add({ uid: `late${index}` });
    await page.pass(6000);
  }
  t.true(page.asked.length <= 8, String(page.asked.length));
  page.isReachable = true;
  await page.pass(40_000);
  t.is(new Set(page.asked.slice(-3).flatMap(({ request }) => request.uids!)).size, 300);
});

test('with a watch token, which heartbeats do not send, the elements ask by themselves', async (t) => {
  const page = new ElementsPage();
  page.hasToken = true;
  page.startHeartbeats('hall');
  page.add({ place: HERE });
  await page.pass(40_000);
  t.deepEqual(
    page.asked.map(({ by, request }) => [by, request.room]),
    [
      ['get', 'hall'],
      ['get', 'hall'],
    ],
  );
});

test('where the service refuses what heartbeats ask for, the elements ask by themselves', async (t) => {
  const page = new ElementsPage();
  page.startHeartbeats();
  page.isReachable = false;
  page.add({ uid: 'ada' });
  await page.pass(1000);
  page.source.receive(undefined);
  await page.pass(5000);
  t.deepEqual(
    page.asked.map(({ by }) => by),
    ['heartbeat', 'get'],
  );
});

test('a visitor script that starts later is asked for all at once, as its token may show more', async (t) => {
  const page = new ElementsPage();
  page.view = () => ({ forbidden: ['visitors'] });
  page.add({ uid: 'ada' });
  await page.pass(1000);
  page.view = ({ uids }) => ({ visitors: uids!.map((uid) => ({ uid: String(uid), status: 'idle' })) });
  page.startHeartbeats();
  await page.pass(100);
  t.is(page.wanted.visitor('ada', 0)?.status, 'idle');
});

test('a part that is forbidden stays unknown, with one warning', async (t) => {
  const page = new ElementsPage();
  page.view = () => ({
    forbidden: ['members', 'visitors'],
    totals: { online_total: 1, active_total: 1, idle_total: 0 },
  });
  page.add({ uid: 'ada' });
  page.add({ place: HERE, members: 5 });
  await page.pass(100_000);
  t.is(page.wanted.visitor('ada', 0), undefined);
  t.is(page.wanted.room('', 0)?.members, undefined);
  t.is(page.wanted.room('', 0)?.totals?.online_total, 1);
  t.is(page.warnings.length, 2);
  t.is(page.asked.length, 4);
});

test('requests that fail are tried again with backoff, with one warning, and what is shown ends after three intervals', async (t) => {
  const page = new ElementsPage();
  page.add({ uid: 'ada' });
  await page.pass(1000);
  page.answer = 'nothing';
  await page.pass(80_000);
  t.is(page.wanted.visitor('ada', page.source.shownSinceMs)?.status, 'active');
  await page.pass(20_000);
  t.is(page.wanted.visitor('ada', page.source.shownSinceMs), undefined);
  t.is(page.warnings.length, 1);
  page.asked.length = 0;
  await page.pass(3_600_000);
  t.true(page.asked.length < 20);
  page.answer = undefined;
  await page.pass(300_000);
  t.is(page.wanted.visitor('ada', page.source.shownSinceMs)?.status, 'active');
});

test('an error of the service is explained once, and its Retry-After is respected', async (t) => {
  const page = new ElementsPage();
  page.answer = { status: 401, view: undefined, message: 'Send a token.', retryAfterSeconds: undefined };
  page.add({ uid: 'ada' });
  await page.pass(60_000);
  t.deepEqual(page.warnings, ['elements show nothing, as the service answered 401. Send a token.']);
  page.answer = { status: 429, view: undefined, message: 'Later.', retryAfterSeconds: 1000 };
  await page.pass(300_000);
  page.asked.length = 0;
  await page.pass(600_000);
  t.deepEqual(page.asked, []);
  t.is(page.warnings.length, 1);
});

test('the live place is the site if it or a visitor is wanted live, else the first room', (t) => {
  const page = new ElementsPage();
  t.is(page.wanted.liveKey('hall'), undefined);
  page.add({ place: { in: 'site' } });
  page.add({ place: { in: 'room', room: 'a' }, isLive: true });
  page.add({ place: HERE, isLive: true });
  t.is(page.wanted.liveKey('hall'), 'a');
  page.wanted.add({ uid: 'ada', isLive: true });
  t.is(page.wanted.liveKey('hall'), '');
});
