import test from 'ava';
import { send } from '../../support/client.js';
import { startService } from '../../support/service.js';
import { SECRET, sign } from '../../support/tokens.js';

const LOCKED = { WATCH_SECRET: SECRET };

test('a sign-in sets a cookie that gives access, is HttpOnly and SameSite, and is not the secret', async (t) => {
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

test('the cookie is Secure whenever the client used https, through any number of proxies', async (t) => {
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

test('a sign-in grants no more rooms and no more time than its token', async (t) => {
  const { url, time } = await startService(t, LOCKED);
  const token = await sign({ room: 'hall', exp: Math.floor(time.seconds()) + 600 });
  const [cookie] = (await send(`${url}/v1/sign-in`, { body: JSON.stringify({ token }) })).headers['set-cookie']!;
  t.true(Number(/Max-Age=(\d+)/.exec(cookie!)?.[1]) <= 630);
  const headers = { cookie: cookie!.split(';')[0]! };
  t.is((await send(`${url}/v1/online?room=hall`, { headers })).status, 200);
  t.is((await send(`${url}/v1/online`, { headers })).status, 403);
});

test('repeated sign-ins with the token of the cookie do not extend its life', async (t) => {
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
