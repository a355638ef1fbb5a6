import test from 'ava';
import type { View, VisitorAnswer, VisitorsAnswer } from '../../../src/protocol/messages.js';
import { hit, openStream, send } from '../../support/client.js';
import { startService } from '../../support/service.js';
import { SECRET, sign } from '../../support/tokens.js';

const visitor = async (url: string, uid: string, headers: Record<string, string> = {}) =>
  (await send(`${url}/v1/visitors/${uid}`, { headers })).json<VisitorAnswer>();
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('a look-up says since when a visitor is online, and when one who has gone was last here', async (t) => {
  const { url, time } = await startService(t);
  const start = time.seconds();
  await hit(url, { uid: 'ada' });
  time.pass(30_000);
  await hit(url, { uid: 'ada', idle_for: 5 });
  time.pass(1000);
  const online = await visitor(url, 'ada');
  t.deepEqual([online.online_since, online.online_seconds], [start, 30]);
  time.pass(3_600_000);
  const { status, last_seen, last_activity, online_since, online_seconds } = await visitor(url, 'ada');
  t.deepEqual([status, last_seen, last_activity], ['offline', start + 30, start + 25]);
  t.deepEqual([online_since, online_seconds], [null, null]);
  const many = (await send(`${url}/v1/visitors?uids=ada,bob`)).json<VisitorsAnswer>().visitors;
  t.deepEqual(
    many.map((each) => each.last_seen),
    [start + 30, null],
  );
  const view = (await send(`${url}/v1/view?uids=ada&uids=bob`)).json<View>();
  t.deepEqual(view.visitors, [
    { uid: 'ada', status: 'offline', last_seen: start + 30 },
    { uid: 'bob', status: 'offline' },
  ]);
  time.pass(86_400_000);
  t.is((await visitor(url, 'ada')).last_seen, null);
});

test('with LAST_SEEN_SECONDS=0 nobody is remembered', async (t) => {
  const { url, time } = await startService(t, { LAST_SEEN_SECONDS: '0' });
  await hit(url, { uid: 'ada' });
  time.pass(60_001);
  t.is((await visitor(url, 'ada')).last_seen, null);
});

test('an invisible visitor was last seen when it was last visible', async (t) => {
  const { url, time } = await startService(t);
  const start = time.seconds();
  await hit(url, { uid: 'ada' });
  time.pass(20_000);
  for (let count = 0; count < 5; count++) {
    await hit(url, { uid: 'ada', invisible: true });
    time.pass(20_000);
    t.is((await visitor(url, 'ada')).last_seen, start);
  }
  time.pass(60_000);
  t.is((await visitor(url, 'ada')).last_seen, start);
});

test('a token for rooms does not show when a visitor was last here', async (t) => {
  const { url, time } = await startService(t, { WATCH_SECRET: SECRET });
  await hit(url, { uid: 'ada', room: 'hall' });
  time.pass(60_001);
  const token = bearer(await sign({ room: 'hall' }));
  t.is((await visitor(url, 'ada', token)).last_seen, null);
  t.not((await visitor(url, 'ada', bearer(SECRET))).last_seen, null);
  const view = (await send(`${url}/v1/view?uids=ada`, { headers: token })).json<View>();
  t.deepEqual(view.visitors, [{ uid: 'ada', status: 'offline' }]);
});

test('erasing a visitor takes it offline at once, and forgets when it was last here', async (t) => {
  const { url, time } = await startService(t, { WATCH_SECRET: SECRET });
  const erase = (uid: string) => send(`${url}/v1/visitors/${uid}`, { method: 'DELETE', headers: bearer(SECRET) });
  await hit(url, { uid: 'ada', room: 'hall', info: { name: 'Ada' } });
  await hit(url, { uid: 'bob' });
  time.pass(2000);
  const stream = await openStream(t, `${url}/sse/changes?token=${await sign({})}`);
  await stream.next();
  t.is((await erase('ada')).text, '{"ok":true}');
  const { status, last_seen, info } = await visitor(url, 'ada', bearer(SECRET));
  t.deepEqual([status, last_seen, info], ['offline', null, null]);
  time.pass(2000);
  t.deepEqual((await stream.next<{ left: string[] }>()).left, ['ada']);
  time.pass(60_000);
  t.not((await visitor(url, 'bob', bearer(SECRET))).last_seen, null);
  await erase('bob');
  t.is((await visitor(url, 'bob', bearer(SECRET))).last_seen, null);
  t.is((await erase('nobody')).status, 200);
});

test('only the secret itself, in a header, erases', async (t) => {
  const { url } = await startService(t, { WATCH_SECRET: SECRET });
  await hit(url, { uid: 'ada' });
  const erase = async (headers: Record<string, string>, query = '') => {
    const { status, text } = await send(`${url}/v1/visitors/ada${query}`, { method: 'DELETE', headers });
    return [status, JSON.parse(text).error];
  };
  t.deepEqual(await erase({}), [401, 'token_missing']);
  t.deepEqual(await erase({}, `?token=${SECRET}`), [401, 'token_missing']);
  t.deepEqual(await erase({ cookie: `presence_watch=${SECRET}` }), [401, 'token_missing']);
  t.deepEqual(await erase(bearer(await sign({}))), [403, 'secret_required']);
  t.is((await visitor(url, 'ada', bearer(SECRET))).status, 'active');
  const open = await startService(t);
  const { status } = await send(`${open.url}/v1/visitors/ada`, { method: 'DELETE', headers: bearer(SECRET) });
  t.is(status, 403, 'a service without a secret');
});
