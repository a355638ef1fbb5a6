import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import test from 'ava';
import { EventSource } from 'eventsource';
import { acceptsGzip } from '../../../src/http/accept-encoding.js';
import { hit, openStream, type Stream, send } from '../../support/client.js';
import { startService } from '../../support/service.js';
import { until } from '../../support/until.js';

const TICK_MS = 2000;

test('an event arrives at once, then every two seconds, with the time of the wall clock', async (t) => {
  const { url, time } = await startService(t);
  const stream = await openStream(t, `${url}/sse/online`);
  const first = Math.floor(time.seconds());
  t.is((await stream.next()).ts, first);
  time.pass(TICK_MS);
  t.is((await stream.next()).ts, first + 2);
  time.pass(TICK_MS - 1);
  time.pass(1);
  t.is((await stream.next()).ts, first + 4);
  t.is(stream.events.length, 3);
});

test('totals are sent every two seconds, and at once when they change; lists keep to the two seconds', async (t) => {
  const { url, time } = await startService(t);
  const [totals, lists] = [await openStream(t, `${url}/sse/totals`), await openStream(t, `${url}/sse/online`)];
  const online = async () => (await totals.next()).online_total;
  t.is(await online(), 0);
  time.pass(500);
  await hit(url, { uid: 'ada' });
  time.pass(0);
  t.is(await online(), 1);
  for (const uid of ['bob', 'eve']) await hit(url, { uid });
  time.pass(100);
  t.is(await online(), 3);
  await hit(url, { uid: 'ada', info: { name: 'Ada' } });
  time.pass(TICK_MS - 600);
  t.is(await online(), 3);
  t.is(totals.events.length, 4, 'new info moves no total');
  t.is((await lists.next()).online_total, 0);
  t.is((await lists.next()).online_total, 3);
  t.is(lists.events.length, 2);
});

test('a watcher sees a visitor turn idle and offline one millisecond after the windows, not before', async (t) => {
  const { url, time } = await startService(t, { TICK_INTERVAL_SECONDS: '10' });
  const status = async () => {
    const { active_uids, idle_uids } = await (await openStream(t, `${url}/sse/online`)).next();
    return { active_uids, idle_uids };
  };
  const active = { active_uids: ['ada'], idle_uids: [] };
  const idle = { active_uids: [], idle_uids: ['ada'] };
  const nobody = { active_uids: [], idle_uids: [] };
  await hit(url, { uid: 'ada', last_activity: time.seconds() - 290 });
  time.pass(10_000);
  t.deepEqual(await status(), active);
  time.pass(1);
  t.deepEqual(await status(), idle);
  time.pass(49_999);
  t.deepEqual(await status(), idle);
  time.pass(1);
  t.deepEqual(await status(), nobody);
});

test('lists are sorted by code unit', async (t) => {
  const { url } = await startService(t);
  for (const uid of ['b', 'ä', '10', 'B', '9', 'a', '𝄞', '\ufb01']) await hit(url, { uid });
  const stream = await openStream(t, `${url}/sse/online`);
  t.deepEqual((await stream.next()).active_uids, ['10', '9', 'B', 'a', 'b', 'ä', '𝄞', '\ufb01']);
});

test('a change of the wall clock takes nobody offline and makes nobody idle', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada', last_activity: time.seconds() });
  time.setWallClockOff(-3_600_000);
  await hit(url, { uid: 'bob', last_activity: time.seconds() });
  time.setWallClockOff(+7_200_000);
  const event = await (await openStream(t, `${url}/sse/online`)).next();
  t.deepEqual(event.active_uids, ['ada', 'bob']);
  t.is(event.ts, Math.floor(time.seconds()));
});

test('a stream beyond MAX_STREAMS is served at once: the oldest one ends for it, with a short retry', async (t) => {
  const { url } = await startService(t, { MAX_STREAMS: '2' });
  const [first, second] = [await openStream(t, `${url}/sse/online`), await openStream(t, `${url}/sse/online`)];
  const third = await openStream(t, `${url}/sse/online`);
  t.is((await third.next()).online_total, 0);
  t.true(await first.ended);
  t.true(first.retries[0]! >= 500 && first.retries[0]! <= 1500);
  t.is(await Promise.race([second.ended, send(`${url}/health`).then(() => 'open')]), 'open');
});

test('a storm of connects does not rotate streams faster than once in 10 s: the others get a time to reconnect', async (t) => {
  const dice = [0.5, 0.1, 0.5, 0.9, 0.5];
  const { url, time } = await startService(t, { MAX_STREAMS: '1' }, () => dice.shift() ?? 0.5);
  const first = await openStream(t, `${url}/sse/online`);
  const second = await openStream(t, `${url}/sse/online`);
  t.true(await first.ended);
  const deferred = await openStream(t, `${url}/sse/online`, { 'accept-encoding': 'gzip' });
  t.is(deferred.response.statusCode, 200);
  t.is(deferred.response.headers['content-type'], 'text/event-stream; charset=utf-8');
  t.true(await deferred.ended);
  t.deepEqual(deferred.events, []);
  t.is(deferred.retries.length, 1);
  time.pass(9_999);
  const later = await openStream(t, `${url}/sse/online`);
  t.true(await later.ended);
  t.not(later.retries[0], deferred.retries[0]);
  time.pass(1);
  t.is((await (await openStream(t, `${url}/sse/online`)).next()).online_total, 0);
  t.true(await second.ended);
});

test('an EventSource survives a full service, and is served as soon as there is a place', async (t) => {
  const { url, time } = await startService(t, { MAX_STREAMS: '1' });
  await openStream(t, `${url}/sse/online`);
  await openStream(t, `${url}/sse/online`);
  const source = new EventSource(`${url}/sse/online`);
  t.teardown(() => source.close());
  await new Promise((resolve) => source.addEventListener('error', resolve, { once: true }));
  t.is(source.readyState, source.CONNECTING);
  time.pass(10_000);
  await new Promise((resolve) => source.addEventListener('message', resolve, { once: true }));
  t.is(source.readyState, source.OPEN);
});

test('streams live shorter the fewer places are left', async (t) => {
  const { url, time } = await startService(t, { MAX_STREAMS: '10' }, () => 0);
  const streams: Stream[] = [];
  for (let count = 0; count < 10; count++) streams.push(await openStream(t, `${url}/sse/online`));
  const endedBy = async (...indices: number[]) => {
    await Promise.all(indices.map((index) => streams[index]!.ended));
    await send(`${url}/health`);
    return streams.flatMap(({ retries }, index) => (retries.length > 0 ? [index] : []));
  };
  time.pass(62_000);
  t.deepEqual(await endedBy(9), [9]);
  time.pass(836_000);
  t.deepEqual(await endedBy(5, 6, 7, 8, 9), [5, 6, 7, 8, 9]);
  time.pass(4000);
  t.is((await endedBy(0, 1, 2, 3, 4)).length, 10);
});

test('a stream ends between 80 and 100 % of its maximum age, with a short retry time', async (t) => {
  const ages = [0, 0.999];
  const { url, time } = await startService(t, { STREAM_MAX_AGE_SECONDS: '100' }, () => ages.shift() ?? 0.5);
  const longLived = await openStream(t, `${url}/sse/online`);
  const shortLived = await openStream(t, `${url}/sse/online`);
  time.pass(78_000);
  await until(() => shortLived.events.length === 40);
  t.is(shortLived.retries.length, 0);
  time.pass(4000);
  t.true(await shortLived.ended);
  t.is(shortLived.retries.length, 1);
  t.true(shortLived.retries[0]! >= 500 && shortLived.retries[0]! <= 1500);
  t.is(longLived.retries.length, 0);
  time.pass(20_000);
  t.true(await longLived.ended);
});

test('a client that stops reading is skipped, then dropped, while the other clients get every event', async (t) => {
  const service = await startService(t, {
    STREAM_MAX_AGE_SECONDS: '3600',
    ONLINE_WINDOW_SECONDS: '86400',
    STREAM_GZIP: 'off',
  });
  const { url, time, server } = service;
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  for (let index = 0; index < 400; index++) await hit(url, { uid: `${index}-${'x'.repeat(240)}` });
  const stalled = connect(service.port, '127.0.0.1').pause();
  t.teardown(() => stalled.destroy());
  await once(stalled, 'connect');
  stalled.write('GET /sse/online HTTP/1.1\r\nHost: a\r\n\r\n');
  const healthy = await openStream(t, `${url}/sse/online`);
  await healthy.next();
  const connection = sockets.find((socket) => socket.remotePort === stalled.localPort)!;
  let mostBuffered = 0;
  let ticks = 0;
  let stalledTicks = 0;
  for (; ticks < 1000 && !connection.destroyed; ticks++) {
    time.pass(TICK_MS);
    t.is((await healthy.next()).online_total, 400);
    mostBuffered = Math.max(mostBuffered, connection.writableLength);
    if (connection.writableNeedDrain) stalledTicks++;
  }
  t.true(connection.destroyed, 'the stalled client was dropped');
  t.true(mostBuffered < 120_000, `at most one event was held for it: ${mostBuffered} bytes`);
  t.true(stalledTicks >= 14 && stalledTicks <= 16, `it was given 30 s: ${stalledTicks} ticks`);
  t.is(healthy.events.length, ticks + 1);
});

test('a client that disconnects frees its place', async (t) => {
  const { url, time } = await startService(t, { MAX_STREAMS: '1', METRICS: 'open' });
  const metrics = async () => (await send(`${url}/metrics`)).text;
  for (let round = 0; round < 3; round++) {
    const stream = await openStream(t, `${url}/sse/online`);
    await stream.next();
    stream.close();
    time.pass(TICK_MS);
    await until(async () => /^presence_streams\{kind="online"\} 0$/m.test(await metrics()));
  }
  t.regex(await metrics(), /^presence_evicted_streams_total 0$/m);
});

test('HEAD returns the headers of a stream and does not count as a stream', async (t) => {
  const { url } = await startService(t, { MAX_STREAMS: '1' });
  for (let round = 0; round < 3; round++) {
    const answer = await send(`${url}/sse/online`, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
    t.is(answer.status, 200);
    t.is(answer.headers['content-type'], 'text/event-stream; charset=utf-8');
    t.is(answer.headers['content-encoding'], 'gzip');
    t.regex(answer.headers.vary!, /Origin.*Accept-Encoding/);
  }
});

test('watchers who connect at any time get one valid gzip stream of the shared frames', async (t) => {
  const { url, time } = await startService(t, { STREAM_MAX_AGE_SECONDS: '20' });
  const readers: CompressedReader[] = [];
  for (let tick = 0; tick < 8; tick++) {
    readers.push(await openCompressed(`${url}/sse/online`));
    await hit(url, { uid: `visitor-${tick}` });
    time.pass(TICK_MS);
    await until(() => readers.every(({ text }) => text.includes(`"visitor-${tick}"`)), 'all watchers to get the event');
  }
  time.pass(20_000);
  await Promise.all(readers.map(({ ended }) => ended));
  for (const [index, { text }] of readers.entries()) {
    t.regex(text, /^data: \{"ts":/, `watcher ${index}`);
    t.regex(text, /retry: \d+\n\n$/, `watcher ${index}`);
    t.true(text.includes(`"visitor-${index}"`), `watcher ${index}`);
  }
});

test('a client that does not accept gzip gets plain text, and so does every client with STREAM_GZIP=off', async (t) => {
  const plain = await openStream(t, `${(await startService(t)).url}/sse/online`);
  t.is(plain.response.headers['content-encoding'], undefined);
  const off = await startService(t, { STREAM_GZIP: 'off' });
  const stream = await openStream(t, `${off.url}/sse/online`, { 'accept-encoding': 'gzip' });
  t.is(stream.response.headers['content-encoding'], undefined);
  t.is((await stream.next()).online_total, 0);
});

test('Accept-Encoding allows gzip by its name and weight', (t) => {
  for (const header of ['gzip', 'br, gzip', 'GZIP', 'gzip;q=0.5', 'deflate,gzip ; q=1'])
    t.true(acceptsGzip(header), header);
  for (const header of [undefined, '', 'br', 'gzip;q=0', 'gzip; q=0.000', 'xgzip', 'identity'])
    t.false(acceptsGzip(header), header);
});

interface CompressedReader {
  /** What has come so far, decompressed. */
  text: string;
  /** Resolves when the stream has ended. Rejects when it is not a complete gzip stream. */
  ended: Promise<void>;
}

/** Opens a compressed stream and reads it to its end. */
async function openCompressed(url: string): Promise<CompressedReader> {
  const outgoing = request(url, { headers: { 'accept-encoding': 'gzip' }, agent: false });
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  const reader: CompressedReader = { text: '', ended: Promise.resolve() };
  reader.ended = pipeline(response, createGunzip().setEncoding('utf8'), async (parts: AsyncIterable<string>) => {
    for await (const part of parts) reader.text += part;
  });
  return reader;
}
