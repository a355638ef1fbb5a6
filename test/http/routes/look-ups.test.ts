import test from 'ava';
import type { HistoryAnswer, VisitorAnswer, VisitorsAnswer } from '../../../src/protocol/messages.js';
import { hit, send } from '../../support/client.js';
import { startService } from '../../support/service.js';

const get = async <Body = Record<string, unknown>>(url: string) => (await send(url)).json<Body>();

test('/v1/online returns what /sse/online streams, for the site or a room', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada', room: 'hall' });
  await hit(url, { uid: 'bob', idle_for: 301 });
  const ts = Math.floor(time.seconds());
  t.deepEqual(await get(`${url}/v1/online`), {
    ts,
    online_total: 2,
    active_total: 1,
    idle_total: 1,
    active_uids: ['ada'],
    idle_uids: ['bob'],
  });
  t.deepEqual((await get(`${url}/v1/online?room=hall`)).active_uids, ['ada']);
  t.is((await get(`${url}/v1/online?room=attic`)).online_total, 0);
});

test('/v1/totals returns counts and no names', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada', room: 'hall & co' });
  const totals = { ts: Math.floor(time.seconds()), online_total: 1, active_total: 1, idle_total: 0 };
  t.deepEqual(await get(`${url}/v1/totals`), totals);
  t.deepEqual(await get(`${url}/v1/totals?room=${encodeURIComponent('hall & co')}`), totals);
});

test('/v1/visitors/:uid returns the status of a visitor and what it follows from', async (t) => {
  const { url, time } = await startService(t);
  const now = time.seconds();
  await hit(url, {
    uid: 'ada',
    session: 's1',
    room: 'hall',
    last_activity: now - 100,
    info: { name: 'Ada', vip: true },
  });
  await hit(url, { uid: 'ada', session: 's2', room: 'attic', last_activity: now - 200 });
  time.pass(1000);
  const visitor = await get(`${url}/v1/visitors/ada`);
  t.deepEqual(visitor, {
    uid: 'ada',
    status: 'active',
    last_seen: now,
    last_activity: now - 100,
    online_since: now,
    online_seconds: 0,
    idle_at: now + 200.001,
    offline_at: now + 60.001,
    sessions: 2,
    rooms: ['attic', 'hall'],
    info: { name: 'Ada', vip: true },
  });
});

test('idle_at and offline_at are the first moments at which the visitor is idle and offline', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada', idle_for: 280 });
  const status = async () => (await get(`${url}/v1/visitors/ada`)).status;
  const { idle_at: idleAt, offline_at: offlineAt } = await get<VisitorAnswer>(`${url}/v1/visitors/ada`);
  time.pass(Math.round((idleAt! - time.seconds()) * 1000) - 1);
  t.is(await status(), 'active');
  time.pass(1);
  t.is(await status(), 'idle');
  time.pass(Math.round((offlineAt! - time.seconds()) * 1000) - 1);
  t.is(await status(), 'idle');
  time.pass(1);
  t.is(await status(), 'offline');
});

test('an unknown visitor is offline, not an error', async (t) => {
  const { url } = await startService(t);
  const answer = await send(`${url}/v1/visitors/nobody`);
  t.is(answer.status, 200);
  t.deepEqual(answer.json(), {
    uid: 'nobody',
    status: 'offline',
    last_seen: null,
    last_activity: null,
    online_since: null,
    online_seconds: null,
    idle_at: null,
    offline_at: null,
    sessions: 0,
    rooms: [],
    info: null,
  });
});

test('/v1/visitors looks up several visitors in the given order, with commas in names escaped', async (t) => {
  const { url } = await startService(t);
  await hit(url, { uid: 'a,b' });
  await hit(url, { uid: 'c d' });
  const { visitors } = await get<VisitorsAnswer>(`${url}/v1/visitors?x=1&uids=c+d,a%2Cb,nobody`);
  t.deepEqual(
    visitors.map(({ uid, status }) => [uid, status]),
    [
      ['c d', 'active'],
      ['a,b', 'active'],
      ['nobody', 'offline'],
    ],
  );
});

test('/v1/visitors does not split the values of a repeated uids parameter, whether commas arrive encoded or not', async (t) => {
  const { url } = await startService(t);
  await hit(url, { uid: 'a,b' });
  const { visitors } = await get<VisitorsAnswer>(`${url}/v1/visitors?uids=a%2Cb&uids=a,b&uids=c,d&uids=nobody`);
  t.deepEqual(
    visitors.map(({ uid, status }) => [uid, status]),
    [
      ['a,b', 'active'],
      ['a,b', 'active'],
      ['c,d', 'offline'],
      ['nobody', 'offline'],
    ],
  );
});

for (const [path, code] of [
  ['/v1/visitors', 'uids_missing'],
  ['/v1/visitors?uids=', 'uids_missing'],
  ['/v1/visitors?uids=a,,b', 'uid_empty'],
  [`/v1/visitors?uids=${'a,'.repeat(100)}a`, 'too_many_uids'],
  ['/v1/visitors?uids=%zz', 'bad_escape'],
  ['/v1/visitors/', 'uid_empty'],
  ['/v1/visitors/%ff', 'bad_escape'],
  ['/v1/visitors/a%0Ab', 'uid_bad_character'],
  ['/v1/online?room=', 'room_invalid'],
  ['/v1/online?room', 'room_invalid'],
  ['/v1/online?room=%zz', 'bad_escape'],
  ['/sse/changes?room=%00', 'room_invalid'],
  ['/sse/changes?room=caf%e9', 'bad_escape'],
  [`/v1/totals?room=${'x'.repeat(257)}`, 'room_invalid'],
] as const) {
  test(`${path.slice(0, 40)} is refused with ${code}`, async (t) => {
    const { url } = await startService(t);
    const answer = await send(url + path);
    t.is(answer.status, 400);
    t.is(answer.json().error, code);
  });
}

test('/v1/history returns the counts of the last hour, in steps of ten seconds', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada', room: 'hall' });
  const began = Math.floor(time.seconds());
  time.pass(30_000);
  t.deepEqual(await get(`${url}/v1/history`), {
    interval: 10,
    since: began,
    complete_from: began + 60,
    ts: [began + 10, began + 20, began + 30],
    online_total: [1, 1, 1],
    active_total: [1, 1, 1],
    idle_total: [0, 0, 0],
  });
  t.deepEqual((await get(`${url}/v1/history?room=hall`)).online_total, [1, 1, 1]);
  time.pass(2 * 3_600_000);
  const { ts, online_total } = await get<HistoryAnswer>(`${url}/v1/history`);
  t.is(ts.length, 360);
  t.is(ts.at(-1)! - ts[0]!, 3590);
  t.true(online_total.every((count) => count === 0));
  t.deepEqual((await get(`${url}/v1/history?room=hall`)).ts, []);
});

test('/v1/rooms lists the rooms that have visitors', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada', room: 'hall' });
  await hit(url, { uid: 'bob', room: 'hall', idle_for: 400 });
  await hit(url, { uid: 'eve' });
  const hall = { room: 'hall', online_total: 2, active_total: 1, idle_total: 1 };
  t.deepEqual(await get(`${url}/v1/rooms`), { ts: Math.floor(time.seconds()), rooms: [hall] });
  time.pass(60_001);
  t.deepEqual((await get(`${url}/v1/rooms`)).rooms, []);
});
