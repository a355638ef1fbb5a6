import test from 'ava';
import { hit, openStream, send } from '../../support/client.js';
import { startService } from '../../support/service.js';

const leave = (url: string, body: object) => send(`${url}/v1/leave`, { body: JSON.stringify(body) });
const online = async (url: string) => (await send(`${url}/v1/online`)).json().online_total;

test('a leave takes the visitor offline once it has settled, in look-ups and streams alike', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada' });
  t.is((await leave(url, { uid: 'ada' })).text, '{"ok":true}');
  time.pass(2999);
  t.is(await online(url), 1);
  t.is((await send(`${url}/v1/visitors/ada`)).json().status, 'active');
  time.pass(1);
  t.is(await online(url), 0);
  t.is((await send(`${url}/v1/visitors/ada`)).json().status, 'offline');
  t.is((await (await openStream(t, `${url}/sse/online`)).next()).online_total, 0);
});

test('with LEAVE_SETTLE_SECONDS=0 a leave takes effect at once', async (t) => {
  const { url } = await startService(t, { LEAVE_SETTLE_SECONDS: '0' });
  await hit(url, { uid: 'ada' });
  await leave(url, { uid: 'ada' });
  t.is(await online(url), 0);
});

test('watchers do not see a move to another page: no left, no joined', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada', session: 's1' });
  time.pass(2000);
  const stream = await openStream(t, `${url}/sse/changes`);
  await stream.next();
  await leave(url, { uid: 'ada', session: 's1' });
  time.pass(2000);
  await hit(url, { uid: 'ada', session: 's2' });
  time.pass(50_000);
  await hit(url, { uid: 'bob' });
  time.pass(2000);
  t.deepEqual((await stream.next()).joined, [{ uid: 'bob', status: 'active' }]);
  t.is(stream.events.length, 2);
});

for (const [how, type] of [
  ['as a text beacon', 'text/plain;charset=UTF-8'],
  ['as a Blob beacon', 'application/json'],
] as const) {
  test(`a leave is accepted ${how}`, async (t) => {
    const { url } = await startService(t, { LEAVE_SETTLE_SECONDS: '0' });
    await hit(url, { uid: 'ada', session: 's1' });
    const answer = await send(`${url}/v1/leave`, {
      body: '{"uid":"ada","session":"s1"}',
      headers: { 'content-type': type },
    });
    t.is(answer.status, 200);
    t.is(await online(url), 0);
  });
}

test('a leave of an unknown visitor is not an error', async (t) => {
  const { url } = await startService(t);
  t.is((await leave(url, { uid: 'nobody' })).status, 200);
  t.is((await leave(url, { uid: 'nobody', session: 's', room: 'r' })).status, 200);
});

test('idle_for takes precedence over last_activity, and does not depend on the clock of the client', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada', idle_for: 400, last_activity: time.seconds() });
  await hit(url, { uid: 'bob', idle_for: '0', last_activity: 1 });
  const { active_uids, idle_uids } = (await send(`${url}/v1/online`)).json();
  t.deepEqual(active_uids, ['bob']);
  t.deepEqual(idle_uids, ['ada']);
});

test('info is kept until it is changed, and cleared by an empty object', async (t) => {
  const { url } = await startService(t);
  const info = async () => (await send(`${url}/v1/visitors/ada`)).json().info;
  await hit(url, { uid: 'ada', info: { name: 'Ada', age: 36, vip: true, none: null, __proto__x: 1 } });
  await hit(url, { uid: 'ada' });
  t.deepEqual(await info(), { name: 'Ada', age: 36, vip: true, none: null, __proto__x: 1 });
  await hit(url, { uid: 'ada', info: { name: 'Countess' } });
  t.deepEqual(await info(), { name: 'Countess' });
  await hit(url, { uid: 'ada', info: {} });
  t.is(await info(), null);
});

test('a member of info named __proto__ is kept as data', async (t) => {
  const { url } = await startService(t);
  await send(`${url}/v1/hit`, { body: '{"uid":"ada","info":{"__proto__":"x"}}' });
  t.regex((await send(`${url}/v1/visitors/ada`)).text, /"info":\{"__proto__":"x"\}/);
});

test('a lone surrogate in info is replaced, because many JSON parsers would refuse the whole list', async (t) => {
  const { url } = await startService(t);
  await send(`${url}/v1/hit`, { body: '{"uid":"ada","info":{"name":"Ada \\ud83d","\\udc4b":"\\ud83d\\udc4b"}}' });
  t.true((await send(`${url}/v1/visitors/ada`)).text.endsWith('"info":{"name":"Ada \ufffd","\ufffd":"👋"}}'));
});

for (const [member, value, code] of [
  ['room', '', 'room_invalid'],
  ['room', ['a'], 'room_invalid'],
  ['room', 'a\nb', 'room_invalid'],
  ['session', 'x'.repeat(257), 'session_invalid'],
  ['session', false, 'session_invalid'],
  ['idle_for', -1, 'idle_for_invalid'],
  ['idle_for', 'long', 'idle_for_invalid'],
  ['idle_for', true, 'idle_for_invalid'],
  ['info', 'Ada', 'info_invalid'],
  ['info', ['Ada'], 'info_invalid'],
  ['info', { name: { first: 'Ada' } }, 'info_invalid'],
  ['info', { name: 'x'.repeat(1014) }, 'info_too_large'],
] as const) {
  test(`${member} of ${JSON.stringify(value).slice(0, 30)} is refused with ${code}, and nothing changes`, async (t) => {
    const { url } = await startService(t);
    const answer = await hit(url, { uid: 'ada', [member]: value });
    t.is(answer.status, 400);
    t.is(answer.json().error, code);
    t.is(await online(url), 0);
  });
}

test('optional members may be null, and names may have their maximum length', async (t) => {
  const { url } = await startService(t);
  t.is(
    (await hit(url, { uid: 'a', room: null, session: null, idle_for: null, info: null, last_activity: null })).status,
    200,
  );
  t.is(
    (await hit(url, { uid: 'b', room: 'r'.repeat(256), session: 's'.repeat(256), info: { n: 'x'.repeat(1016) } }))
      .status,
    200,
  );
});

test('a room beyond the limit is refused with a retry time', async (t) => {
  const { url } = await startService(t, { MAX_ROOMS: '1' });
  t.is((await hit(url, { uid: 'a', room: 'hall' })).status, 200);
  const refused = await hit(url, { uid: 'a', room: 'attic' });
  t.is(refused.status, 429);
  t.is(refused.json().error, 'too_many_rooms');
  t.truthy(refused.headers['retry-after']);
});

test('at the visitor limit new visitors get 429 with a retry time, and known visitors continue', async (t) => {
  const { url } = await startService(t, { MAX_VISITORS: '2' });
  await hit(url, { uid: 'a' });
  await hit(url, { uid: 'b' });
  const refused = await hit(url, { uid: 'c' });
  t.is(refused.status, 429);
  t.is(refused.json().error, 'too_many_visitors');
  t.regex(refused.headers['retry-after']!, /^\d+$/);
  t.is((await hit(url, { uid: 'a' })).status, 200);
});

for (const [what, body] of [
  ['an id of 19 digits', '{"uid":"ada","info":{"discord_id":1161380288898609914}}'],
  ['an infinite number', '{"uid":"ada","info":{"score":1e999}}'],
] as const) {
  test(`${what} in info is refused, as JSON cannot carry it exactly, and nothing changes`, async (t) => {
    const { url } = await startService(t);
    const answer = await send(`${url}/v1/hit`, { body });
    t.is(answer.status, 400);
    t.is(answer.json().error, 'info_number_inexact');
    t.is((await send(`${url}/v1/totals`)).json().online_total, 0);
  });
}

test('a uid or room that JSON cannot carry exactly is refused, and a time is rounded', async (t) => {
  const { url, time } = await startService(t);
  const post = (body: string) => send(`${url}/v1/hit`, { body });
  for (const uid of ['4503599627370497.3', '1161380288898609914', '1e999']) {
    t.is((await post(`{"uid":${uid}}`)).json().error, 'uid_wrong_type', uid);
  }
  t.is((await post('{"uid":"ada","room":1161380288898609914}')).json().error, 'room_invalid');
  t.is((await post(`{"uid":"ada","idle_for":5.000000000000000000001}`)).status, 200);
  t.is((await send(`${url}/v1/visitors/ada`)).json().last_activity, time.seconds() - 5);
});

test('a heartbeat with a view is answered with the interval that the service asks for, others with ok alone', async (t) => {
  const { url } = await startService(t, { HEARTBEAT_SECONDS: '5', ONLINE_WINDOW_SECONDS: '10' });
  t.is((await hit(url, { uid: 'ada', view: {} })).text, '{"ok":true,"interval":5,"view":{}}');
  for (const view of [undefined, null]) t.is((await hit(url, { uid: 'ada', view })).text, '{"ok":true}');
  for (const view of [true, 'totals', [], 7]) {
    t.is((await hit(url, { uid: 'bob', view })).json().error, 'view_invalid');
  }
  t.is((await send(`${url}/v1/totals`)).json().online_total, 1);
});
