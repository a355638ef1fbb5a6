import test from 'ava';
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

test('with WATCH_SECRET every path that shows something needs credentials', async (t) => {
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

test('the secret itself, or a token signed with it, opens by header and by address', async (t) => {
  const { url } = await startService(t, { WATCH_SECRET: `${SECRET},${OLD_SECRET}` });
  for (const token of [SECRET, OLD_SECRET, await sign({}), await sign({}, OLD_SECRET)]) {
    for (const path of [...NAMES, ...TOTALS]) {
      const join = path.includes('?') ? '&' : '?';
      t.is((await send(url + path, { method: 'HEAD', headers: { authorization: `Bearer ${token}` } })).status, 200);
      t.is((await send(`${url + path + join}token=${encodeURIComponent(token)}`, { method: 'HEAD' })).status, 200);
    }
  }
  for (const token of ['wrong', SECRET.slice(0, -1), `${SECRET}x`, await sign({}, `${SECRET}x`)]) {
    const answer = await send(`${url}/v1/online?token=${token}`);
    t.is(answer.status, 401);
    t.is(answer.json().error, 'token_invalid');
  }
});

test('PUBLIC_TOTALS leaves open what shows no names, and nothing else', async (t) => {
  const { url } = await startService(t, { ...LOCKED, PUBLIC_TOTALS: 'true' });
  for (const path of TOTALS) t.is((await send(url + path, { method: 'HEAD' })).status, 200, path);
  for (const path of NAMES) t.is((await send(url + path)).status, 401, path);
});

test('a token for rooms opens those rooms, and shows of visitors what concerns them', async (t) => {
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
    ((await get('/v1/rooms')).json().rooms as { room: string }[]).map(({ room }) => room),
    ['hall'],
  );
  t.deepEqual((await get('/v1/visitors/ada')).json().rooms, ['hall']);
  t.is((await get('/v1/visitors/bob')).json().status, 'offline');
  const { visitors } = (await get('/v1/visitors?uids=ada,bob')).json() as { visitors: { status: string }[] };
  t.deepEqual(
    visitors.map(({ status }) => status),
    ['active', 'offline'],
  );
});

test('a stream ends when the token that opened it runs out', async (t) => {
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

test('a sign-in sets a cookie that opens, is kept from scripts and other sites, and is not the secret', async (t) => {
  const { url } = await startService(t, LOCKED);
  const signIn = (token: unknown, headers = {}) =>
    send(`${url}/v1/sign-in`, { body: JSON.stringify({ token }), headers });
  t.is((await signIn('wrong')).status, 401);
  t.is((await signIn(undefined)).json().error, 'token_missing');
  const answer = await signIn(SECRET, { 'x-forwarded-proto': 'https' });
  t.is(answer.status, 204);
  const [cookie] = answer.headers['set-cookie']!;
  t.regex(cookie!, /^presence_watch=[\w.-]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/);
  t.false(cookie!.includes(SECRET));
  const headers = { cookie: `other=1; ${cookie!.split(';')[0]}` };
  t.is((await send(`${url}/v1/online`, { headers })).status, 200);
  t.is((await send(`${url}/v1/online?token=`, { headers })).status, 200);
  const out = await send(`${url}/v1/sign-out`, { method: 'POST', headers });
  t.regex(out.headers['set-cookie']![0]!, /^presence_watch=; .*Max-Age=0/);
});

test('the cookie is for https alone wherever the client came by https, however many proxies are in between', async (t) => {
  const { url } = await startService(t, LOCKED);
  const isSecure = async (headers: Record<string, string>) => {
    const answer = await send(`${url}/v1/sign-in`, { body: JSON.stringify({ token: SECRET }), headers });
    return answer.headers['set-cookie']![0]!.endsWith('; Secure');
  };
  for (const proto of ['https', 'https, http', 'https,https', 'HTTPS'])
    t.true(await isSecure({ 'x-forwarded-proto': proto }), proto);
  for (const proto of ['http', 'http, https', 'httpsx']) t.false(await isSecure({ 'x-forwarded-proto': proto }), proto);
  t.false(await isSecure({}));
});

test('a sign-in with a token for rooms, or one that runs out, gives no more than the token', async (t) => {
  const { url, time } = await startService(t, LOCKED);
  const token = await sign({ room: 'hall', exp: Math.floor(time.seconds()) + 600 });
  const [cookie] = (await send(`${url}/v1/sign-in`, { body: JSON.stringify({ token }) })).headers['set-cookie']!;
  t.true(Number(/Max-Age=(\d+)/.exec(cookie!)?.[1]) <= 630);
  const headers = { cookie: cookie!.split(';')[0]! };
  t.is((await send(`${url}/v1/online?room=hall`, { headers })).status, 200);
  t.is((await send(`${url}/v1/online`, { headers })).status, 403);
});

test('signing in with the token of the cookie, again and again, wins no time', async (t) => {
  const { url, time } = await startService(t, LOCKED);
  const exp = Math.floor(time.seconds()) + 60;
  let token = await sign({ exp });
  for (let round = 0; round < 3; round++) {
    const answer = await send(`${url}/v1/sign-in`, { body: JSON.stringify({ token }) });
    token = /^presence_watch=([^;]+)/.exec(answer.headers['set-cookie']![0]!)![1]!;
  }
  time.pass((exp + 29 - time.seconds()) * 1000);
  t.is((await send(`${url}/v1/online?token=${token}`)).status, 200);
  time.pass(1000);
  t.is((await send(`${url}/v1/online?token=${token}`)).json().error, 'token_expired');
});

test('secrets and tokens are never logged', async (t) => {
  const { url, logged } = await startService(t, LOCKED);
  await send(`${url}/v1/online?token=${SECRET}`);
  await send(`${url}/v1/online?token=wrong`, { headers: { authorization: 'Bearer wrong' } });
  t.deepEqual(logged, []);
});

test('a watcher who goes while its token is verified takes no place', async (t) => {
  const { url, server } = await startService(t, { ...LOCKED, MAX_STREAMS: '1', STREAMS_PER_ADDRESS: '1' });
  server.once('request', ({ socket }) => socket.destroy());
  await t.throwsAsync(send(`${url}/sse/online?token=${await sign({})}`));
  // By the time that a later token is verified, the first one is too, and its watcher may have been let in.
  for (let round = 0; round < 3; round++) await send(`${url}/v1/online?token=${await sign({ round })}`);
  t.is((await openStream(t, `${url}/sse/online?token=${SECRET}`)).response.statusCode, 200);
});
