import test from 'ava';
import type { HitAnswer, View } from '../../../src/protocol/messages.js';
import { hit, send } from '../../support/client.js';
import { startService } from '../../support/service.js';

const viewOf = async (url: string, body: object) => (await hit(url, body)).json<HitAnswer>().view;
const getView = async (url: string, query: string) => (await send(`${url}/v1/view?${query}`)).json<View>();

test('a heartbeat with a view gets counts, statuses and members, its own visitor among them', async (t) => {
  const { url } = await startService(t);
  await hit(url, { uid: 'eve', room: 'hall', idle_for: 400, info: { name: 'Eve' } });
  await hit(url, { uid: 'bob', room: 'attic' });
  const answer = await hit(url, {
    uid: 'ada',
    room: 'hall',
    info: { name: 'Ada' },
    view: { totals: true, uids: ['bob', 7, 'eve', 'bob'], members: 5 },
  });
  t.deepEqual(answer.json(), {
    ok: true,
    interval: 30,
    view: {
      totals: { online_total: 2, active_total: 1, idle_total: 1 },
      visitors: [
        { uid: 'bob', status: 'active' },
        { uid: '7', status: 'offline' },
        { uid: 'eve', status: 'idle' },
        { uid: 'bob', status: 'active' },
      ],
      members: [
        { uid: 'ada', status: 'active', info: { name: 'Ada' } },
        { uid: 'eve', status: 'idle', info: { name: 'Eve' } },
      ],
    },
  });
  t.is(answer.headers['cache-control'], 'no-store');
});

test('a view is about its own room, else the room of the heartbeat, else the whole site', async (t) => {
  const { url } = await startService(t);
  await hit(url, { uid: 'ada', room: 'hall' });
  await hit(url, { uid: 'bob', room: 'attic' });
  const uids = async (body: object) => (await viewOf(url, { uid: 'eve', ...body }))!.members!.map(({ uid }) => uid);
  t.deepEqual(await uids({ view: { members: 50 } }), ['ada', 'bob', 'eve']);
  t.deepEqual(await uids({ room: 'hall', view: { members: 50 } }), ['ada', 'eve']);
  t.deepEqual(await uids({ room: 'hall', view: { room: 'attic', members: 50 } }), ['bob']);
  t.deepEqual(await uids({ view: { room: 'cellar', members: 50 } }), []);
});

test('a view has only what is asked for', async (t) => {
  const { url } = await startService(t);
  t.deepEqual(await viewOf(url, { uid: 'ada', view: {} }), {});
  const nothing = { room: null, totals: null, uids: null, members: null };
  t.deepEqual(await viewOf(url, { uid: 'ada', view: nothing }), {});
  t.deepEqual(await viewOf(url, { uid: 'ada', view: { totals: false, uids: [] } }), { visitors: [] });
  t.deepEqual(await getView(url, ''), {});
  t.is((await hit(url, { uid: 'ada' })).text, '{"ok":true}');
});

test('/v1/view gives the same view as a heartbeat', async (t) => {
  const { url } = await startService(t);
  await hit(url, { uid: 'a,b', room: 'hall & co', info: { name: 'A' } });
  const fromHit = await viewOf(url, {
    uid: 'c d',
    room: 'hall & co',
    view: { totals: true, members: 2, uids: ['a,b', 'x', 'c d'] },
  });
  const query = 'room=hall+%26+co&totals&members=2&uids=a,b&uids=x&uids=c%20d';
  t.deepEqual(await getView(url, query), fromHit);
  t.deepEqual((await getView(url, 'uids=a,b')).visitors, [{ uid: 'a,b', status: 'active' }]);
  t.deepEqual((await getView(url, 'uids=a%2Cb')).visitors, [{ uid: 'a,b', status: 'active' }]);
  for (const yes of ['totals', 'totals=', 'totals=1', 'totals=true']) t.truthy((await getView(url, yes)).totals, yes);
  for (const no of ['totals=0', 'totals=false', 'total']) t.deepEqual(await getView(url, no), {}, no);
  t.is((await send(`${url}/v1/view?totals`, { method: 'HEAD' })).status, 200);
});

for (const [view, code] of [
  [[], 'view_invalid'],
  ['totals', 'view_invalid'],
  [{ room: '' }, 'room_invalid'],
  [{ room: 'a\nb' }, 'room_invalid'],
  [{ totals: 'true' }, 'view_totals_invalid'],
  [{ totals: 1 }, 'view_totals_invalid'],
  [{ members: 0 }, 'view_members_invalid'],
  [{ members: 51 }, 'view_members_invalid'],
  [{ members: 1.5 }, 'view_members_invalid'],
  [{ members: '5' }, 'view_members_invalid'],
  [{ members: true }, 'view_members_invalid'],
  [{ uids: 'ada' }, 'view_uids_invalid'],
  [{ uids: { 0: 'ada' } }, 'view_uids_invalid'],
  [{ uids: ['ada', ''] }, 'view_uids_invalid'],
  [{ uids: [null] }, 'view_uids_invalid'],
  [{ uids: ['x'.repeat(257)] }, 'view_uids_invalid'],
  [{ uids: Array.from({ length: 101 }, () => 'a') }, 'too_many_uids'],
] as const) {
  const text = JSON.stringify(view).slice(0, 30);
  test(`a heartbeat with the view ${text} is refused with ${code}, and neither taken nor counted`, async (t) => {
    const { url } = await startService(t, { HITS_PER_UID_PER_MINUTE: '2' });
    const answer = await hit(url, { uid: 'ada', room: 'hall', view });
    t.is(answer.status, 400);
    t.is(answer.json().error, code);
    t.is((await send(`${url}/v1/visitors/ada`)).json().status, 'offline');
    t.is((await hit(url, { uid: 'ada' })).status, 200);
  });
}

for (const [query, code] of [
  ['totals=yes', 'view_totals_invalid'],
  ['members', 'view_members_invalid'],
  ['members=0', 'view_members_invalid'],
  ['members=51', 'view_members_invalid'],
  ['members=1e1', 'view_members_invalid'],
  ['members=-1', 'view_members_invalid'],
  ['room=', 'room_invalid'],
  ['room=%zz', 'bad_escape'],
  ['uids=', 'uid_empty'],
  ['uids=a&uids=%00', 'uid_bad_character'],
  ['uids=%zz', 'bad_escape'],
  ['uids=a&'.repeat(101), 'too_many_uids'],
] as const) {
  test(`/v1/view?${query.slice(0, 20)} is refused with ${code}`, async (t) => {
    const { url } = await startService(t);
    const answer = await send(`${url}/v1/view?${query}`);
    t.is(answer.status, 400);
    t.is(answer.json().error, code);
  });
}

test('a number that JSON cannot carry exactly is neither a view nor a part of one', async (t) => {
  const { url } = await startService(t);
  for (const [view, code] of [
    ['1e999', 'view_invalid'],
    ['{"room":9007199254740993}', 'room_invalid'],
    ['{"members":1e999}', 'view_members_invalid'],
    ['{"uids":[9007199254740993]}', 'view_uids_invalid'],
    ['{"uids":1e999}', 'view_uids_invalid'],
  ] as const) {
    const answer = await send(`${url}/v1/hit`, { body: `{"uid":"ada","view":${view}}` });
    t.is(answer.json().error, code, view);
  }
});

test('a hundred uids and fifty members are the most that a view shows', async (t) => {
  const { url } = await startService(t);
  const uids = Array.from({ length: 100 }, (_, index) => `visitor-${index}`);
  for (const uid of uids.slice(0, 60)) await hit(url, { uid });
  const view = (await viewOf(url, { uid: 'visitor-0', view: { uids, members: 50 } }))!;
  t.deepEqual(
    view.visitors!.map(({ status }) => status),
    uids.map((_, index) => (index < 60 ? 'active' : 'offline')),
  );
  t.is(view.members!.length, 50);
  t.is((await getView(url, `members=50&${uids.map((uid) => `uids=${uid}`).join('&')}`)).visitors!.length, 100);
});

test('clients that ask for other numbers of members of one room each get theirs', async (t) => {
  const { url } = await startService(t);
  const expected: object[] = [];
  for (let index = 10; index < 30; index++) {
    // Of 20 such members, the text is too long to be kept for the next client.
    const member = { uid: `visitor-${index}`, info: { name: 'x'.repeat(1000) } };
    await hit(url, { ...member, room: 'hall' });
    expected.push({ ...member, status: 'active' });
  }
  for (const count of [2, 2, 3, 20, 19, 50, 2]) {
    t.deepEqual((await getView(url, `room=hall&members=${count}`)).members, expected.slice(0, count));
  }
});

test('a client that has the current view gets 304, until the view changes', async (t) => {
  const { url } = await startService(t);
  await hit(url, { uid: 'ada', room: 'hall', info: { name: 'Ada' } });
  const target = `${url}/v1/view?room=hall&totals&members=5`;
  const { headers } = await send(target);
  const etag = headers.etag!;
  const again = () => send(target, { headers: { 'if-none-match': etag } });
  t.is(headers['cache-control'], 'public, max-age=2');
  t.is(headers.vary, 'Origin');
  const unchanged = await again();
  t.is(unchanged.status, 304);
  t.is(unchanged.text, '');
  t.is(unchanged.headers.etag, etag);
  t.is(unchanged.headers['cache-control'], 'public, max-age=2');
  await hit(url, { uid: 'ada', room: 'hall', info: { name: 'Ada L.' } });
  const changed = await again();
  t.is(changed.status, 200);
  t.not(changed.headers.etag, etag);
  t.deepEqual(changed.json<View>().members, [{ uid: 'ada', status: 'active', info: { name: 'Ada L.' } }]);
  await hit(url, { uid: 'ada', room: 'hall', info: { name: 'Ada' } });
  t.is((await again()).status, 304);
});
