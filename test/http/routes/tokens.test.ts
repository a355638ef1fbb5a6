import test from 'ava';
import type { TokenAnswer } from '../../../src/protocol/messages.js';
import { hit, openStream, send } from '../../support/client.js';
import { startService } from '../../support/service.js';
import { OLD_SECRET, SECRET, sign } from '../../support/tokens.js';

const LOCKED = { WATCH_SECRET: SECRET };
const HOUR = 3600;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const create = (url: string, body: object, headers: Record<string, string> = bearer(SECRET)) =>
  send(`${url}/v1/tokens`, { body: JSON.stringify(body), headers });

const signIn = async (url: string, token: string) => {
  const answer = await send(`${url}/v1/sign-in`, { body: JSON.stringify({ token }) });
  return { cookie: answer.headers['set-cookie']![0]!.split(';')[0]! };
};

test('the secret makes a token that opens the whole site until it expires', async (t) => {
  const { url, time } = await startService(t, LOCKED);
  await hit(url, { uid: 'ada' });
  const answer = await create(url, { expires_in: HOUR });
  t.is(answer.status, 200);
  const { token, expires_at } = answer.json<TokenAnswer>();
  t.is(expires_at, Math.floor(time.seconds()) + HOUR);
  const watched = () => send(`${url}/v1/online?token=${token}`);
  t.is((await watched()).json().online_total, 1);
  const stream = await openStream(t, `${url}/sse/online?token=${token}`);
  t.is((await stream.next<{ online_total: number }>()).online_total, 1);
  time.pass((HOUR + 31) * 1000);
  t.is((await watched()).json().error, 'token_expired');
});

test('a token for rooms and numbers opens the numbers of these rooms only', async (t) => {
  const { url } = await startService(t, LOCKED);
  const { token } = (
    await create(url, { expires_in: HOUR, rooms: ['hall', 'attic'], view: 'totals' })
  ).json<TokenAnswer>();
  const status = async (path: string) => (await send(`${url}${path}&token=${token}`)).status;
  for (const room of ['hall', 'attic']) {
    t.is(await status(`/v1/totals?room=${room}`), 200);
    t.is(await status(`/v1/history?room=${room}`), 200);
    t.is(await status(`/v1/online?room=${room}`), 403);
  }
  for (const path of ['/v1/totals?', '/v1/totals?room=cellar', '/v1/rooms?', '/v1/visitors?uids=ada'])
    t.is(await status(path), 403, path);
});

test('the url of a token opens the dashboard at the address by which the client has come, with the first room', async (t) => {
  const { url, port } = await startService(t, LOCKED);
  const urlOf = async (body: object, headers = {}) =>
    new URL(
      (await create(url, { expires_in: HOUR, ...body }, { ...bearer(SECRET), ...headers })).json<TokenAnswer>().url,
    );
  const plain = await urlOf({});
  t.is(plain.origin, `http://127.0.0.1:${port}`);
  t.deepEqual([plain.pathname, [...plain.searchParams.keys()]], ['/', ['token']]);
  const behindProxy = await urlOf(
    { rooms: ['a & b', 'c'] },
    { 'x-forwarded-proto': 'https', host: 'presence.example' },
  );
  t.is(behindProxy.origin, 'https://presence.example');
  t.is(behindProxy.searchParams.get('room'), 'a & b');
  t.is((await send(`${url}/v1/online${behindProxy.search}`)).status, 200);
});

test('a sign-in with the secret makes tokens, and one with a token does not, however often it is repeated', async (t) => {
  const { url } = await startService(t, LOCKED);
  t.is((await create(url, { expires_in: HOUR }, await signIn(url, SECRET))).status, 200);
  let token = await sign({});
  for (let round = 0; round < 2; round++) {
    const { cookie } = await signIn(url, token);
    t.is((await create(url, { expires_in: HOUR }, { cookie })).json().error, 'secret_required');
    token = cookie.slice(cookie.indexOf('=') + 1);
  }
});

test('neither a token nor an address nor the secret of visitors makes tokens', async (t) => {
  const { url } = await startService(t, { ...LOCKED, HIT_SECRET: OLD_SECRET });
  const error = async (headers: Record<string, string>, query = '') =>
    (await send(`${url}/v1/tokens${query}`, { body: '{"expires_in":3600}', headers })).json().error;
  t.is(await error({}), 'token_missing');
  t.is(await error({}, `?token=${SECRET}`), 'token_missing');
  t.is(await error(bearer('wrong')), 'token_invalid');
  t.is(await error(bearer(await sign({}))), 'secret_required');
  t.is(await error(bearer(OLD_SECRET)), 'token_invalid');
  t.is(await error(bearer(await sign({ operator: true }, OLD_SECRET))), 'token_invalid');
  t.is(await error({ cookie: `presence_watch=${SECRET}` }), 'token_invalid');
});

test('a service without WATCH_SECRET makes no tokens', async (t) => {
  const { url } = await startService(t);
  t.is((await create(url, { expires_in: HOUR })).json().error, 'secret_required');
  t.is((await create(url, { expires_in: HOUR }, {})).json().error, 'token_missing');
});

const REFUSED: readonly (readonly [body: object, error: string])[] = [
  ...[undefined, null, 0, 3599, 31_622_401, 3600.5, '3600', true].map(
    (expires_in) => [{ expires_in }, 'expires_in_invalid'] as const,
  ),
  ...[[], 'hall', [''], [1], [null], ['a\nb'], Array(51).fill('a'), Array(10).fill('x'.repeat(256))].map(
    (rooms) => [{ expires_in: HOUR, rooms }, 'rooms_invalid'] as const,
  ),
  ...['none', 'names', '', 1, {}].map((view) => [{ expires_in: HOUR, view }, 'token_view_invalid'] as const),
];
for (const [body, error] of REFUSED) {
  test(`a token of ${JSON.stringify(body).slice(0, 60)} is refused with ${error}`, async (t) => {
    const { url } = await startService(t, LOCKED);
    const answer = await create(url, body);
    t.is(answer.status, 400);
    t.is(answer.json().error, error);
  });
}

test('every room that fits into a token works in it', async (t) => {
  const { url } = await startService(t, LOCKED);
  for (const rooms of [['ä'.repeat(128)], ['a"b', '日本'], Array.from({ length: 50 }, (_, index) => `room-${index}`)]) {
    const answer = await create(url, { expires_in: HOUR, rooms });
    t.is(answer.status, 200, rooms[0]);
    const { token } = answer.json<TokenAnswer>();
    const query = new URLSearchParams({ room: rooms.at(-1)!, token });
    t.is((await send(`${url}/v1/online?${query}`)).status, 200);
  }
});
