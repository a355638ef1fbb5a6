import test from 'ava';
import { EventSource } from 'eventsource';
import type { OnlineEvent } from '../../src/protocol/messages.js';
import { startCli } from '../support/cli.js';
import { hit, openStream, send, sendRaw } from '../support/client.js';

const ORIGIN = 'https://solar-system-82998.bubbleapps.io';

// The stable contract, held against the stock Functions Framework in both ways it can call the function.
for (const [way, DIRECT_DISPATCH] of [
  ['directly', 'on'],
  ['through Express', 'off'],
] as const) {
  const start = (t: Parameters<typeof startCli>[0], environment: Record<string, string> = {}) =>
    startCli(t, { DIRECT_DISPATCH, ...environment });

  test(`${way}: the very first request is a heartbeat, and it is answered`, async (t) => {
    const { url } = await start(t);
    const answer = await hit(url, { uid: 'ada' });
    t.is(answer.status, 200);
    t.is(answer.text, '{"ok":true}');
    t.is(answer.headers['content-type'], 'application/json');
    t.is(answer.headers['access-control-allow-origin'], ORIGIN);
    t.is(answer.headers['access-control-allow-credentials'], 'true');
    t.is(answer.headers.vary, 'Origin');
  });

  test(`${way}: a heartbeat is in the first event of a watcher who comes right after`, async (t) => {
    const { url } = await start(t);
    await hit(url, { uid: 'zoe' });
    await hit(url, { uid: 7 });
    await hit(url, { uid: 'Bob', last_activity: 1_000_000_000 });
    const stream = await openStream(t, `${url}/sse/online`);
    t.is(stream.response.statusCode, 200);
    t.is(stream.response.headers['content-type'], 'text/event-stream; charset=utf-8');
    t.is(stream.response.headers['cache-control'], 'no-cache, no-transform');
    t.is(stream.response.headers['x-accel-buffering'], 'no');
    const event = await stream.next<OnlineEvent>();
    const { ts } = event;
    t.true(Number.isInteger(ts) && Math.abs(ts - Date.now() / 1000) < 5);
    t.deepEqual(Object.keys(event), ['ts', 'online_total', 'active_total', 'idle_total', 'active_uids', 'idle_uids']);
    t.deepEqual(event, {
      ts,
      online_total: 3,
      active_total: 2,
      idle_total: 1,
      active_uids: ['7', 'zoe'],
      idle_uids: ['Bob'],
    });
  });

  test(`${way}: an EventSource gets one event after the other`, async (t) => {
    const { url } = await start(t, { TICK_INTERVAL_SECONDS: '0.1' });
    const source = new EventSource(`${url}/sse/online`);
    t.teardown(() => source.close());
    const totals = await new Promise<number[]>((resolve) => {
      const seen: number[] = [];
      source.onmessage = ({ data }) => {
        seen.push(JSON.parse(data).online_total);
        if (seen.length === 1) void hit(url, { uid: 'late' });
        if (seen.at(-1) === 1) resolve(seen);
      };
    });
    t.is(totals[0], 0);
    t.is(totals.at(-1), 1);
  });

  test(`${way}: the body is read as JSON whatever its type, as beacons and plain posts send it`, async (t) => {
    const { url } = await start(t);
    const types = [
      'text/plain',
      'application/json',
      'application/x-www-form-urlencoded',
      'application/octet-stream',
      '',
    ];
    for (const [index, type] of types.entries()) {
      const headers = type === '' ? {} : { 'content-type': type };
      const answer = await send(`${url}/v1/hit`, { body: JSON.stringify({ uid: `by-${index}` }), headers });
      t.is(answer.status, 200, `type ${type}: ${answer.text}`);
    }
    const stream = await openStream(t, `${url}/sse/online`);
    t.is((await stream.next()).online_total, types.length);
  });

  test(`${way}: every health path answers, also to a page of a foreign origin`, async (t) => {
    const { url } = await start(t);
    for (const path of ['/healthz', '/readyz', '/health']) {
      const answer = await send(url + path, { headers: { origin: 'https://elsewhere.example' } });
      t.is(answer.status, 200);
      t.is(answer.text, '{"ok":true}');
      t.is((await send(url + path, { method: 'HEAD' })).text, '');
    }
  });

  test(`${way}: unknown paths and wrong methods are told so in JSON`, async (t) => {
    const { url } = await start(t);
    const unknown = await send(`${url}/nothing/here`);
    t.is(unknown.status, 404);
    t.is(unknown.json().error, 'not_found');
    t.is(unknown.headers['access-control-allow-origin'], ORIGIN);
    const wrong = await send(`${url}/v1/hit`);
    t.is(wrong.status, 405);
    t.is(wrong.headers.allow, 'POST, OPTIONS');
    t.is(wrong.json().error, 'method_not_allowed');
    t.is((await send(`${url}/sse/online`, { method: 'DELETE' })).headers.allow, 'GET, HEAD, OPTIONS');
    t.is(
      (await send(`${url}/sse/online`, { method: 'HEAD' })).headers['content-type'],
      'text/event-stream; charset=utf-8',
    );
  });

  test(`${way}: a preflight request is answered 204 and may be cached`, async (t) => {
    const { url } = await start(t);
    const headers = {
      origin: ORIGIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-own',
    };
    const answer = await send(`${url}/v1/hit`, { method: 'OPTIONS', headers });
    t.is(answer.status, 204);
    t.is(answer.text, '');
    t.is(answer.headers['access-control-allow-origin'], ORIGIN);
    t.is(answer.headers['access-control-allow-methods'], 'POST, OPTIONS');
    t.is(answer.headers['access-control-allow-headers'], 'content-type,x-own');
    t.is(answer.headers['access-control-max-age'], '86400');
    t.is((await send(`${url}/nowhere`, { method: 'OPTIONS', headers })).status, 404);
    const plain = await send(`${url}/v1/hit`, { method: 'OPTIONS' });
    t.is(plain.status, 204);
    t.is(plain.headers.allow, 'POST, OPTIONS');
  });

  test(`${way}: a page of a foreign origin is refused and changes nothing`, async (t) => {
    const { url } = await start(t);
    const headers = { origin: 'https://elsewhere.example' };
    const answer = await send(`${url}/v1/hit`, { body: '{"uid":"x"}', headers });
    t.is(answer.status, 403);
    t.is(answer.json().error, 'origin_not_allowed');
    t.not(answer.headers['access-control-allow-origin'], headers.origin);
    const stream = await openStream(t, `${url}/sse/online`);
    t.is((await stream.next()).online_total, 0);
  });
}

test('directly: bytes that are not HTTP get a JSON answer', async (t) => {
  const { port } = await startCli(t);
  const answer = await sendRaw(port, 'HELO there\r\n\r\n');
  t.regex(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  t.regex(answer, /"error":"bad_request"/);
});

test('directly: broken JSON of type application/json gets JSON, not a page', async (t) => {
  const { url } = await startCli(t);
  const headers = { 'content-type': 'application/json' };
  const answer = await send(`${url}/v1/hit`, { body: '{"uid":', headers });
  t.is(answer.status, 400);
  t.is(answer.json().error, 'invalid_json');
});
