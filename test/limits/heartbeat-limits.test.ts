import test from 'ava';
import { hit, send } from '../support/client.js';
import { startService } from '../support/service.js';

test('a visitor who sends too often gets 429 with the limit and the time to wait, and other visitors do not', async (t) => {
  const { url, time } = await startService(t, { HITS_PER_UID_PER_MINUTE: '4' });
  t.is((await hit(url, { uid: 'ada' })).status, 200);
  t.is((await hit(url, { uid: 'ada' })).status, 200);
  const refused = await hit(url, { uid: 'ada' });
  t.is(refused.status, 429);
  t.is(refused.json().error, 'too_many_hits');
  t.is(refused.headers['retry-after'], '15');
  t.is(refused.headers['ratelimit-policy'], '"visitor";q=4;w=60');
  t.is(refused.headers.ratelimit, '"visitor";r=0;t=15');
  t.is(refused.headers['access-control-expose-headers'], 'Retry-After, RateLimit, RateLimit-Policy');
  t.is((await hit(url, { uid: 'bob' })).status, 200);
  time.pass(15_000);
  t.is((await hit(url, { uid: 'ada' })).status, 200);
});

test('an address that sends too often is refused even when it forges X-Forwarded-For', async (t) => {
  const { url } = await startService(t, { HITS_PER_ADDRESS_PER_MINUTE: '4' });
  const from = (forwarded: string, uid: string) =>
    send(`${url}/v1/hit`, { body: JSON.stringify({ uid }), headers: { 'x-forwarded-for': forwarded } });
  t.is((await from('203.0.113.7', 'a')).status, 200);
  t.is((await from('1.1.1.1, 203.0.113.7', 'b')).status, 200);
  t.is((await from('2.2.2.2, 203.0.113.7', 'c')).status, 429);
  t.is((await from('203.0.113.8', 'd')).status, 200);
});
