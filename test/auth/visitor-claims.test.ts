import test from 'ava';
import { TokenVerifier } from '../../src/auth/tokens.js';
import { hit, send } from '../support/client.js';
import { startService } from '../support/service.js';
import { FakeTime } from '../support/time.js';
import { OLD_SECRET, SECRET, sign } from '../support/tokens.js';

const online = async (url: string) => (await send(`${url}/v1/online`)).json().active_uids;

test('with HIT_SECRET a heartbeat needs a token for its uid, in the header or in the body', async (t) => {
  const { url } = await startService(t, { HIT_SECRET: SECRET });
  const token = await sign({ sub: 'ada' });
  const none = await hit(url, { uid: 'ada' });
  t.is(none.status, 401);
  t.is(none.json().error, 'token_missing');
  t.is(none.headers['www-authenticate'], 'Bearer realm="presence"');
  const other = await hit(url, { uid: 'eve', token });
  t.is(other.status, 403);
  t.is(other.json().error, 'token_wrong_uid');
  t.deepEqual(await online(url), []);
  t.is((await hit(url, { uid: 'ada', token })).status, 200);
  const headers = { authorization: `Bearer ${token}` };
  t.is((await send(`${url}/v1/hit`, { body: '{"uid":"ada"}', headers })).status, 200);
  t.deepEqual(await online(url), ['ada']);
});

test('a number in a token equals its decimal text, as in a heartbeat', async (t) => {
  const { url } = await startService(t, { HIT_SECRET: SECRET });
  const token = await sign({ sub: 42 });
  for (const uid of [42, '42']) t.is((await hit(url, { uid, token })).status, 200);
  t.is((await hit(url, { uid: '43', token })).json().error, 'token_wrong_uid');
  for (const sub of [null, true, [42], { uid: 42 }, 4.2e20]) {
    t.is((await hit(url, { uid: String(sub), token: await sign({ sub }) })).json().error, 'token_wrong_uid');
  }
});

test('a leave needs a token too', async (t) => {
  const { url } = await startService(t, { HIT_SECRET: SECRET, LEAVE_SETTLE_SECONDS: '0' });
  const token = await sign({ sub: 'ada' });
  await hit(url, { uid: 'ada', token });
  const none = await send(`${url}/v1/leave`, { body: '{"uid":"ada"}' });
  t.is(none.status, 401);
  t.is(none.headers['www-authenticate'], 'Bearer realm="presence"');
  t.deepEqual(await online(url), ['ada']);
  t.is((await send(`${url}/v1/leave`, { body: JSON.stringify({ uid: 'ada', token }) })).status, 200);
  t.deepEqual(await online(url), []);
});

test('a token may be signed with any of several secrets, so that secrets can be rotated', async (t) => {
  const { url } = await startService(t, { HIT_SECRET: `${SECRET}, ${OLD_SECRET}` });
  t.is((await hit(url, { uid: 'ada', token: await sign({ sub: 'ada' }, OLD_SECRET) })).status, 200);
  t.is((await hit(url, { uid: 'bob', token: await sign({ sub: 'bob' }, SECRET) })).status, 200);
});

test('a token expires, with 30 s of tolerance, even after it has been accepted before', async (t) => {
  const { url, time } = await startService(t, { HIT_SECRET: SECRET });
  const token = await sign({ sub: 'ada', exp: Math.floor(time.seconds()) + 10 });
  t.is((await hit(url, { uid: 'ada', token })).status, 200);
  time.pass(39_000);
  t.is((await hit(url, { uid: 'ada', token })).status, 200);
  time.pass(1_100);
  const answer = await hit(url, { uid: 'ada', token });
  t.is(answer.status, 401);
  t.is(answer.json().error, 'token_expired');
  const afresh = await hit(url, { uid: 'ada', token });
  t.is(afresh.json().error, 'token_expired');
});

test('a token that names rooms is valid in those rooms only', async (t) => {
  const { url } = await startService(t, { HIT_SECRET: SECRET });
  const token = await sign({ sub: 'ada', room: 'hall', rooms: ['attic'] });
  for (const room of ['hall', 'attic', undefined]) t.is((await hit(url, { uid: 'ada', room, token })).status, 200);
  const answer = await hit(url, { uid: 'ada', room: 'cellar', token });
  t.is(answer.status, 403);
  t.is(answer.json().error, 'token_wrong_room');
});

test("the info in a token replaces the client's, which could be forged", async (t) => {
  const { url } = await startService(t, { HIT_SECRET: SECRET });
  const token = await sign({ sub: 'ada', info: { name: 'Ada' } });
  await hit(url, { uid: 'ada', info: { name: 'The Queen' }, token });
  t.deepEqual((await send(`${url}/v1/visitors/ada`)).json().info, { name: 'Ada' });
});

test('only HS256 with the right secret is accepted', async (t) => {
  const { url, time } = await startService(t, { HIT_SECRET: SECRET });
  const good = await sign({ sub: 'ada' });
  const [header, payload, signature] = good.split('.') as [string, string, string];
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const bad = {
    'signed with another secret': await sign({ sub: 'ada' }, OLD_SECRET),
    'signed with another algorithm': await sign({ sub: 'ada' }, `${SECRET}${SECRET}`, 'HS512'),
    'without algorithm': `${none}.${payload}.`,
    'without algorithm but with the signature': `${none}.${payload}.${signature}`,
    'with another payload': `${header}.${Buffer.from('{"sub":"eve"}').toString('base64url')}.${signature}`,
    'without signature': `${header}.${payload}.`,
    'cut short': good.slice(0, -2),
    'without meaning': 'a.b.c',
    'too long': `${good}${'x'.repeat(4096)}`,
    'not valid before an hour from now': await sign({ sub: 'ada', nbf: Math.floor(time.seconds()) + 3600 }),
    'with a text as its time': await sign({ sub: 'ada', exp: 'tomorrow' as unknown as number }),
    'with a text as its rooms': await sign({ sub: 'ada', rooms: 'hall' }),
  };
  for (const [what, token] of Object.entries(bad)) {
    const answer = await hit(url, { uid: 'ada', token });
    t.is(answer.status, 401, what);
    t.is(answer.json().error, 'token_invalid', what);
  }
  for (const token of [1, {}, ['x']]) t.is((await hit(url, { uid: 'ada', token })).json().error, 'token_invalid');
  t.is((await hit(url, { uid: 'ada', token: await sign({ uid: 'ada' }) })).json().error, 'token_wrong_uid');
  t.deepEqual(await online(url), []);
});

test('an invalid body is refused before its token is checked', async (t) => {
  const { url } = await startService(t, { HIT_SECRET: SECRET });
  t.is((await send(`${url}/v1/hit`, { body: 'x' })).json().error, 'invalid_json');
});

test('one token is accepted in one spelling only', async (t) => {
  const { url } = await startService(t, { HIT_SECRET: SECRET });
  const token = await sign({ sub: 'ada' });
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(token.at(-1)!);
  const unusedBits = [1, 2, 3].map((bits) => token.slice(0, -1) + alphabet[last + bits]);
  const spellings = [...unusedBits, `${token}=`, `${token}\n`, ` ${token}`, token.replace(/.(?=[^.]*$)/, '$& ')];
  for (const spelling of spellings) {
    t.is((await hit(url, { uid: 'ada', token: spelling })).json().error, 'token_invalid', JSON.stringify(spelling));
  }
  t.is((await hit(url, { uid: 'ada', token })).status, 200);
});

test('a token of more than 2 KB is rejected', async (t) => {
  const { url } = await startService(t, { HIT_SECRET: SECRET });
  const token = await sign({ sub: 'ada', info: { name: 'x'.repeat(1500) } });
  t.true(token.length > 2048);
  t.is((await hit(url, { uid: 'ada', token })).json().error, 'token_invalid');
});

test('the memory of verified tokens is bounded in bytes, and the latest ones are remembered', async (t) => {
  const verifier = new TokenVerifier({ secrets: [SECRET], clock: new FakeTime(), maxRememberedBytes: 20_000 });
  const tokens = await Promise.all(Array.from({ length: 100 }, (_, index) => sign({ sub: `visitor-${index}` })));
  const claims: Awaited<ReturnType<TokenVerifier['verify']>>[] = [];
  for (const token of tokens) claims.push(await verifier.verify(token));
  const isRemembered = async (index: number) => {
    const again = await verifier.verify(tokens[index]!);
    const before = claims[index]!;
    return again.ok && before.ok && again.value === before.value;
  };
  t.true(await isRemembered(99));
  t.true(await isRemembered(85));
  t.false(await isRemembered(0));
});
