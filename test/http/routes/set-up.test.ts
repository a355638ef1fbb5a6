import test from 'ava';
import type { SetUpAnswer } from '../../../src/protocol/messages.js';
import { hit, send } from '../../support/client.js';
import { startService } from '../../support/service.js';
import { SECRET, sign } from '../../support/tokens.js';

const MY_APP = 'https://my-app.example';
const SHOP = 'https://shop.example';
const setUpOf = async (url: string) => (await send(`${url}/v1/setup`)).json<SetUpAnswer>();

test('/v1/setup says who fetched the script, and whose heartbeats were accepted and refused', async (t) => {
  const { url } = await startService(t, { CORS_ALLOW_ORIGIN: `${MY_APP},https://www.example.com` });
  const post = (body: string, headers = {}) => send(`${url}/v1/hit`, { body, headers: { origin: MY_APP, ...headers } });
  await send(`${url}/client.js`, { headers: { referer: `${MY_APP}/page?secret=1` } });
  await send(`${url}/client.mjs`, { headers: { origin: SHOP } });
  await post('{"uid":"ada"}');
  await hit(url, { uid: 'bob' });
  await post('{"uid":""}');
  await post('{uid: "ada"}');
  await post('{"uid":"ada"}', { origin: SHOP });
  // What a browser sends before a request that needs permission: the request itself never follows.
  const preflight = { origin: SHOP, 'access-control-request-method': 'POST' };
  await send(`${url}/v1/hit`, { method: 'OPTIONS', headers: preflight });
  const { allow_origin, scripts, heartbeats, refusals, ts, since } = await setUpOf(url);
  t.is(ts, since);
  t.is(allow_origin, `${MY_APP},https://www.example.com`);
  t.deepEqual(
    [scripts, heartbeats].map((list) => list.map(({ origin, count }) => [origin, count])),
    [
      [
        [SHOP, 1],
        [MY_APP, 1],
      ],
      [
        [null, 1],
        [MY_APP, 1],
      ],
    ],
  );
  t.deepEqual(
    refusals.map(({ origin, error, count, text }) => [origin, error, count, text]),
    [
      [SHOP, 'origin_not_allowed', 2, undefined],
      [MY_APP, 'invalid_json', 1, '{uid: "ada"}'],
      [MY_APP, 'uid_empty', 1, undefined],
    ],
  );
  t.regex(refusals[0]!.message, /CORS_ALLOW_ORIGIN/);
});

test('/v1/setup counts neither other requests nor leaves, and logs each refusal without uid and text', async (t) => {
  const { url, logged } = await startService(t, { HIT_SECRET: SECRET, CORS_ALLOW_ORIGIN: '*' });
  await send(`${url}/v1/leave`, { body: '{"uid":"ada"}' });
  await send(`${url}/nowhere`, { headers: { origin: SHOP } });
  await send(`${url}/elements.js`, { headers: { origin: SHOP } });
  for (let count = 0; count < 2; count++) await hit(url, { uid: 'ada' });
  const { allow_origin, scripts, heartbeats, refusals } = await setUpOf(url);
  t.is(allow_origin, '*');
  t.deepEqual([scripts, heartbeats], [[], []]);
  t.deepEqual(
    refusals.map(({ origin, error, count }) => [origin, error, count]),
    [[null, 'token_missing', 2]],
  );
  t.deepEqual(
    logged.map(({ level, fields }) => ({ level, fields })),
    [{ level: 'warn', fields: { origin: null, code: 'token_missing', count: 1 } }],
  );
});

test('/v1/setup is for those who may watch the whole site', async (t) => {
  const { url } = await startService(t, { WATCH_SECRET: SECRET, PUBLIC_VIEW: 'members' });
  const status = async (token: string) => (await send(`${url}/v1/setup?token=${token}`)).status;
  t.is(await status(''), 401);
  t.is(await status(await sign({ room: 'hall' })), 403);
  t.is(await status(await sign({})), 200);
});
