import test from 'ava';
import fc from 'fast-check';
import { clientAddress } from '../../src/limits/client-address.js';
import { RateLimit } from '../../src/limits/rate-limit.js';
import { hit, openStream, send } from '../support/client.js';
import { startService } from '../support/service.js';
import { until } from '../support/until.js';

test('a limit lets a burst through and then one in each interval, for each key by itself', (t) => {
  const limit = new RateLimit({ perMinute: 6, burst: 3, maxKeys: 10 });
  for (let count = 0; count < 3; count++) t.true(limit.take('a', 0).allowed);
  t.deepEqual(limit.take('a', 0), { allowed: false, retryAfterSeconds: 10 });
  t.true(limit.take('b', 0).allowed);
  t.false(limit.take('a', 9999).allowed);
  t.true(limit.take('a', 10_000).allowed);
  t.false(limit.take('a', 10_001).allowed);
});

test('a burst is let through in full at one moment, also where a minute does not divide evenly', (t) => {
  for (const perMinute of [7, 13, 59, 1001]) {
    const limit = new RateLimit({ perMinute, burst: 7, maxKeys: 10 });
    const allowed = Array.from({ length: 8 }, () => limit.take('a', 123_457).allowed);
    t.deepEqual(allowed, [...Array(7).fill(true), false], `${perMinute} a minute`);
  }
});

test('over any time a key never gets more than the burst and the rate, and waiting as told is enough', (t) => {
  const gaps = fc.array(fc.nat(20_000), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (waits, perMinute, burst) => {
      const limit = new RateLimit({ perMinute, burst, maxKeys: 10 });
      let nowMs = 0;
      let taken = 0;
      for (const waitMs of waits) {
        nowMs += waitMs;
        const verdict = limit.take('a', nowMs);
        if (verdict.allowed) {
          taken++;
        } else {
          t.true(verdict.retryAfterSeconds >= 1);
          nowMs += verdict.retryAfterSeconds * 1000;
          t.true(limit.take('a', nowMs).allowed);
          taken++;
        }
        t.true(taken <= burst + (nowMs / 60_000) * perMinute + 1e-6);
      }
    }),
  );
});

test('keys are forgotten when their bucket is full, and bounded before', (t) => {
  const limit = new RateLimit({ perMinute: 60, burst: 2, maxKeys: 100 });
  for (let index = 0; index < 1000; index++) limit.take(`key-${index}`, 0);
  t.true(limit.size <= 101);
  for (let index = 0; index < 200; index++) limit.take(`later-${index % 2}`, 10_000 + 1000 * index);
  t.true(limit.size <= 3, `${limit.size} keys`);
});

test('the address is what the last trusted hop saw, whatever the client claims', (t) => {
  t.is(clientAddress('6.6.6.6, 203.0.113.7', '10.0.0.1', 1), '203.0.113.7');
  t.is(clientAddress('6.6.6.6, 203.0.113.7, 35.1.1.1', '10.0.0.1', 2), '203.0.113.7');
  t.is(clientAddress('203.0.113.7', '10.0.0.1', 0), '10.0.0.1');
  t.is(clientAddress(undefined, '::ffff:10.0.0.1', 1), '10.0.0.1');
  t.is(clientAddress('203.0.113.7', '10.0.0.1', 2), '10.0.0.1');
  t.is(clientAddress('1.2.3.4, nonsense', '10.0.0.1', 1), '10.0.0.1');
});

test('a port behind the address, as some proxies write it, is passed over', (t) => {
  t.is(clientAddress('6.6.6.6, 203.0.113.7:4711', '10.0.0.1', 1), '203.0.113.7');
  t.is(clientAddress('[2001:db8:1:2::1]:4711', '10.0.0.1', 1), '2001:db8:1:2::/64');
  t.is(clientAddress('[2001:db8:1:2::1]', '10.0.0.1', 1), '2001:db8:1:2::/64');
  for (const hop of ['203.0.113.7:', '203.0.113.7:x', '[203.0.113.7', '[]', ':4711', '1.2.3:80', '']) {
    t.is(clientAddress(hop, '10.0.0.1', 1), '10.0.0.1', hop);
  }
});

test('IPv6 clients are told apart by their /64 network', (t) => {
  for (const address of ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:0db8:0001:0002::']) {
    t.is(clientAddress(address, undefined, 1), '2001:db8:1:2::/64');
  }
  t.is(clientAddress('::1', undefined, 1), '0:0:0:0::/64');
  t.is(clientAddress('fe80::1%eth0', undefined, 1), 'fe80:0:0:0::/64');
});

test('a visitor who sends too often is refused with the limit and the time to wait, others are not', async (t) => {
  const { url, time } = await startService(t, { HITS_PER_UID_PER_MINUTE: '4' });
  t.is((await hit(url, { uid: 'ada' })).status, 200);
  t.is((await hit(url, { uid: 'ada' })).status, 200);
  const refused = await hit(url, { uid: 'ada' });
  t.is(refused.status, 429);
  t.is(refused.json().error, 'too_many_hits');
  t.is(refused.headers['retry-after'], '15');
  t.is(refused.headers['ratelimit-limit'], '4');
  t.is(refused.headers['ratelimit-remaining'], '0');
  t.is(refused.headers['ratelimit-reset'], '15');
  t.is((await hit(url, { uid: 'bob' })).status, 200);
  time.pass(15_000);
  t.is((await hit(url, { uid: 'ada' })).status, 200);
});

test('an address that sends too often gains nothing by inventing others', async (t) => {
  const { url } = await startService(t, { HITS_PER_ADDRESS_PER_MINUTE: '4' });
  const from = (forwarded: string, uid: string) =>
    send(`${url}/v1/hit`, { body: JSON.stringify({ uid }), headers: { 'x-forwarded-for': forwarded } });
  t.is((await from('203.0.113.7', 'a')).status, 200);
  t.is((await from('1.1.1.1, 203.0.113.7', 'b')).status, 200);
  t.is((await from('2.2.2.2, 203.0.113.7', 'c')).status, 429);
  t.is((await from('203.0.113.8', 'd')).status, 200);
});

test('an address may open so many streams, and one that ends makes room', async (t) => {
  const { url } = await startService(t, { STREAMS_PER_ADDRESS: '2' });
  const headers = { 'x-forwarded-for': '203.0.113.7' };
  const first = await openStream(t, `${url}/sse/online`, headers);
  await openStream(t, `${url}/sse/changes`, headers);
  const refused = await send(`${url}/sse/online`, { headers });
  t.is(refused.status, 429);
  t.is(refused.json().error, 'too_many_streams_here');
  await openStream(t, `${url}/sse/online`, { 'x-forwarded-for': '203.0.113.8' });
  first.close();
  await until(async () => (await openStream(t, `${url}/sse/online`, headers)).response.statusCode === 200);
  t.pass();
});
