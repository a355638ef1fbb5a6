import test from 'ava';
import type { RoomsAnswer, VisitorsAnswer } from '../../src/protocol/messages.js';
import { hit, openStream, send } from '../support/client.js';
import { startService } from '../support/service.js';
import { OLD_SECRET, SECRET, sign } from '../support/tokens.js';

const NAMES = [
  '/v1/online',
  '/v1/history',
  '/v1/rooms',
  '/v1/visitors?uids=ada',
  '/v1/visitors/ada',
  '/sse/online',
  '/sse/changes',
];
const TOTALS = ['/v1/totals', '/sse/totals'];
const LOCKED = { WATCH_SECRET: SECRET };

test('without WATCH_SECRET everybody may watch', async (t) => {
  const { url } = await startService(t);
  for (const path of [...NAMES, ...TOTALS]) t.is((await send(url + path, { method: 'HEAD' })).status, 200, path);
});

test('with WATCH_SECRET every path that shows presence needs credentials', async (t) => {
  const { url } = await startService(t, LOCKED);
  for (const path of [...NAMES, ...TOTALS]) {
    const answer = await send(url + path);
    t.is(answer.status, 401, path);
    t.is(answer.json().error, 'token_missing', path);
    t.is(answer.headers['www-authenticate'], 'Bearer realm="presence"');
  }
  t.is((await hit(url, { uid: 'ada' })).status, 200);
  t.is((await send(`${url}/health`)).status, 200);
});

test('the secret itself gives access in the header, and a token signed with it in the header and in the query', async (t) => {
  const { url } = await startService(t, { WATCH_SECRET: `${SECRET},${OLD_SECRET}` });
  for (const token of [SECRET, OLD_SECRET, await sign({}), await sign({}, OLD_SECRET)]) {
    for (const path of [...NAMES, ...TOTALS]) {
      const join = path.includes('?') ? '&' : '?';
      t.is((await send(url + path, { method: 'HEAD', headers: { authorization: `Bearer ${token}` } })).status, 200);
      if (token === SECRET || token === OLD_SECRET) continue;
      t.is((await send(`${url + path + join}token=${token}`, { method: 'HEAD' })).status, 200);
    }
  }
  for (const token of ['wrong', SECRET.slice(0, -1), `${SECRET}x`, await sign({}, `${SECRET}x`)]) {
    const answer = await send(`${url}/v1/online?token=${token}`);
    t.is(answer.status, 401);
    t.is(answer.json().error, 'token_invalid');
  }
});

test('the secret itself in an address is refused, with a sentence that says what to put there', async (t) => {
  const { url } = await startService(t, { WATCH_SECRET: `${SECRET},${OLD_SECRET}`, PUBLIC_VIEW: 'members' });
  for (const secret of [SECRET, OLD_SECRET]) {
    for (const path of [...NAMES, '/v1/view?totals', '/v1/badge/count.svg']) {
      const answer = await send(`${url + path + (path.includes('?') ? '&' : '?')}token=${secret}`);
      t.is(answer.status, 401, path);
      t.like(answer.json(), { error: 'secret_in_address' }, path);
      t.regex(answer.json().message as string, /POST \/v1\/tokens, or Share on the dashboard/);
    }
  }
});

test('a token with a view opens no more than that', async (t) => {
  const { url } = await startService(t, LOCKED);
  const error = async (path: string, view: unknown) =>
    (await send(url + path, { headers: { authorization: `Bearer ${await sign({ view })}` } })).text.slice(0, 60);
  for (const view of ['totals', 'status', 'members']) {
    for (const path of [...TOTALS.filter((path) => !path.startsWith('/sse')), '/v1/history', '/v1/badge/count.svg'])
      t.notRegex(await error(path, view), /"ok":false/, `${view} ${path}`);
    for (const path of NAMES.filter((path) => path !== '/v1/history'))
      t.regex(await error(path, view), /token_wrong_view/, `${view} ${path}`);
  }
  for (const path of [...NAMES, ...TOTALS]) t.regex(await error(path, 'none'), /token_wrong_view/, path);
  for (const view of ['names', '', 1, true, 'everything', ['totals']])
    t.regex(await error('/v1/totals', view), /token_invalid/, String(view));
  t.regex(await error('/v1/badge/status.svg?uid=ada', 'totals'), /token_wrong_view/);
  t.notRegex(await error('/v1/online', null), /"ok":false/);
});

for (const level of ['totals', 'status', 'members']) {
  test(`PUBLIC_VIEW=${level} opens the look-up and the stream of totals, and no other`, async (t) => {
    const { url } = await startService(t, { ...LOCKED, PUBLIC_VIEW: level });
    for (const path of TOTALS) t.is((await send(url + path, { method: 'HEAD' })).status, 200, path);
    for (const path of NAMES) t.is((await send(url + path)).status, 401, path);
  });
}

test('a token for rooms gives access to those rooms, and limits look-ups of visitors to them', async (t) => {
  const { url } = await startService(t, LOCKED);
  await hit(url, { uid: 'ada', room: 'hall' });
  await hit(url, { uid: 'ada', room: 'attic' });
  await hit(url, { uid: 'bob', room: 'attic' });
  const headers = { authorization: `Bearer ${await sign({ rooms: ['hall'] })}` };
  const get = (path: string) => send(url + path, { headers });
  t.deepEqual((await get('/v1/online?room=hall')).json().active_uids, ['ada']);
  t.is((await send(`${url}/sse/changes?room=hall`, { method: 'HEAD', headers })).status, 200);
  for (const path of [
    '/v1/online',
    '/v1/online?room=attic',
    '/v1/totals',
    '/v1/history',
    '/sse/changes',
    '/sse/online?room=attic',
  ]) {
    const answer = await get(path);
    t.is(answer.status, 403, path);
    t.is(answer.json().error, 'token_wrong_room', path);
  }
  t.deepEqual(
    (await get('/v1/rooms')).json<RoomsAnswer>().rooms.map(({ room }) => room),
    ['hall'],
  );
  t.deepEqual((await get('/v1/visitors/ada')).json().rooms, ['hall']);
  t.is((await get('/v1/visitors/bob')).json().status, 'offline');
  const { visitors } = (await get('/v1/visitors?uids=ada,bob')).json<VisitorsAnswer>();
  t.deepEqual(
    visitors.map(({ status }) => status),
    ['active', 'offline'],
  );
});

test('a stream ends when the token that opened it expires', async (t) => {
  const { url, time } = await startService(t, LOCKED);
  const token = await sign({ exp: Math.floor(time.seconds()) + 20 });
  const stream = await openStream(t, `${url}/sse/changes?token=${token}`);
  await stream.next();
  time.pass(46_000);
  await hit(url, { uid: 'ada' });
  time.pass(2000);
  // The event of the tick at 48 s shows that the stream was open then.
  await stream.next();
  t.false(stream.response.complete);
  time.pass(4000);
  t.true(await stream.ended);
  t.is((await send(`${url}/sse/changes?token=${token}`)).json().error, 'token_expired');
});

test('secrets and tokens are never logged', async (t) => {
  const { url, logged } = await startService(t, LOCKED);
  await send(`${url}/v1/online?token=${SECRET}`);
  await send(`${url}/v1/online?token=wrong`, { headers: { authorization: 'Bearer wrong' } });
  t.deepEqual(logged, []);
});

test('a watcher who disconnects while its token is verified does not count as a stream', async (t) => {
  const { url, server } = await startService(t, { ...LOCKED, MAX_STREAMS: '1', STREAMS_PER_ADDRESS: '1' });
  server.once('request', ({ socket }) => socket.destroy());
  await t.throwsAsync(send(`${url}/sse/online?token=${await sign({})}`));
  // By the time that a later token is verified, the first one is too, and its watcher may have been let in.
  for (let round = 0; round < 3; round++) await send(`${url}/v1/online?token=${await sign({ round })}`);
  t.is((await openStream(t, `${url}/sse/online?token=${await sign({})}`)).response.statusCode, 200);
});
