import test from 'ava';
import type { ServiceState } from '../../../src/protocol/messages.js';
import { VIEW_LEVELS } from '../../../src/protocol/view.js';
import { startCli } from '../../support/cli.js';
import { hit, openStream, send } from '../../support/client.js';
import { freePort } from '../../support/redis.js';
import { startService } from '../../support/service.js';
import { SECRET, sign } from '../../support/tokens.js';
import { until } from '../../support/until.js';

const stateOf = async (url: string) => (await send(`${url}/v1/service`)).json<ServiceState>();

test('/v1/service says how much of the limits is used', async (t) => {
  const { url } = await startService(t, { MAX_VISITORS: '5', MAX_STREAMS: '7' });
  await hit(url, { uid: 'ada' });
  const stream = await openStream(t, `${url}/sse/totals`);
  await stream.next();
  const { version, ...state } = await stateOf(url);
  t.regex(version, /^\d+\.\d+\.\d+/);
  t.deepEqual(state, {
    public_view: 'everything',
    visitors: { online: 1, max: 5 },
    streams: { open: 1, max: 7 },
    instances: 1,
    redis: 'off',
    webhooks: 'off',
    handover: 'off',
    replaced: false,
  });
});

test('/v1/service is for those who may watch the whole site', async (t) => {
  const { url } = await startService(t, { WATCH_SECRET: SECRET, PUBLIC_VIEW: 'members' });
  const status = async (token: string) => (await send(`${url}/v1/service?token=${token}`)).status;
  t.is(await status(''), 401);
  t.is(await status(await sign({ room: 'hall' })), 403);
  t.is(await status(await sign({ view: 'members' })), 403);
  t.is(await status(await sign({})), 200);
});

test('/v1/service says what everybody may see', async (t) => {
  const headers = { authorization: `Bearer ${SECRET}` };
  for (const level of VIEW_LEVELS) {
    const { url } = await startService(t, { WATCH_SECRET: SECRET, PUBLIC_VIEW: level });
    t.is((await send(`${url}/v1/service`, { headers })).json<ServiceState>().public_view, level);
  }
});

test('/v1/service says whether a new process takes over the visitors', async (t) => {
  const { url } = await startService(t, { PEER_URL: 'http://127.0.0.1:1' });
  t.is((await stateOf(url)).handover, 'on');
  t.false((await stateOf(url)).replaced);
  await send(`${url}/v1/handover`);
  t.true((await stateOf(url)).replaced);
});

test('/v1/service says when Redis and webhooks fail', async (t) => {
  const closed = `127.0.0.1:${await freePort()}`;
  const environment = { WEBHOOK_URL: `http://${closed}`, WEBHOOK_SECRET: 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz' };
  const { url } = await startCli(t, environment);
  await until(async () => (await stateOf(url)).webhooks === 'failing');
  const shared = await startCli(t, { REDIS_URL: `redis://${closed}` });
  t.is((await stateOf(shared.url)).redis, 'failing');
});
