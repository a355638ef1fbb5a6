import test from 'ava';
import type { ChangeEvent, SnapshotEvent } from '../../../src/protocol/messages.js';
import { startCli } from '../../support/cli.js';
import { hit, openStream, send } from '../../support/client.js';
import { startService } from '../../support/service.js';

test('a watcher of changes gets a snapshot, then who joined, turned idle, has new info and left', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada', info: { name: 'Ada' } });
  await hit(url, { uid: 'bob', idle_for: 297.5 });
  time.pass(2000);
  const stream = await openStream(t, `${url}/sse/changes`);
  const ts = Math.floor(time.seconds());
  t.deepEqual(await stream.next(), {
    ts,
    online_total: 2,
    active_total: 2,
    idle_total: 0,
    visitors: [
      { uid: 'ada', status: 'active', info: { name: 'Ada' } },
      { uid: 'bob', status: 'active' },
    ],
  });
  await hit(url, { uid: 'bob', idle_for: 299.5 });
  await hit(url, { uid: 'eve', idle_for: 400 });
  await hit(url, { uid: 'ada', info: { name: 'Countess' } });
  time.pass(2000);
  t.deepEqual(await stream.next(), {
    ts,
    online_total: 3,
    active_total: 2,
    idle_total: 1,
    joined: [{ uid: 'eve', status: 'idle' }],
    updated: [{ uid: 'ada', info: { name: 'Countess' } }],
  });
  t.deepEqual(await stream.next(), { ts: ts + 2, online_total: 3, active_total: 1, idle_total: 2, idle: ['bob'] });
  time.pass(60_000);
  const last = await stream.next<ChangeEvent>();
  t.deepEqual([...last.left!].sort(), ['ada', 'bob', 'eve']);
  t.is(last.online_total, 0);
  t.deepEqual(
    stream.events.map(({ event }) => event),
    ['snapshot', 'change', 'change', 'change'],
  );
});

test('a change after a quiet time is sent at once, and those that follow are gathered for 100 ms', async (t) => {
  const { url, time } = await startService(t);
  const stream = await openStream(t, `${url}/sse/changes`);
  await stream.next();
  time.pass(1234);
  await hit(url, { uid: 'ada' });
  time.pass(0);
  t.deepEqual((await stream.next()).joined, [{ uid: 'ada', status: 'active' }]);
  for (const uid of ['bob', 'eve']) {
    time.pass(33);
    await hit(url, { uid });
  }
  time.pass(33);
  await send(`${url}/health`);
  t.is(stream.events.length, 2);
  time.pass(1);
  t.deepEqual((await stream.next()).joined, [
    { uid: 'bob', status: 'active' },
    { uid: 'eve', status: 'active' },
  ]);
});

test('the time for which changes are gathered is a setting', async (t) => {
  const { url, time } = await startService(t, { CHANGE_INTERVAL_MS: '5000' });
  const stream = await openStream(t, `${url}/sse/changes`);
  await stream.next();
  await hit(url, { uid: 'ada' });
  time.pass(0);
  await stream.next();
  await hit(url, { uid: 'bob' });
  time.pass(4999);
  await send(`${url}/health`);
  t.is(stream.events.length, 2);
  time.pass(1);
  t.deepEqual((await stream.next()).joined, [{ uid: 'bob', status: 'active' }]);
});

test('a service in which nothing changes sets no timer beside those that it has from the start', async (t) => {
  const { url, time } = await startService(t);
  const { pending } = time;
  await hit(url, { uid: 'ada' });
  t.is(time.pending, pending + 1);
  time.pass(0);
  t.is(time.pending, pending);
  await hit(url, { uid: 'ada' });
  t.is(time.pending, pending, 'a heartbeat that changes nothing');
});

test('a new watcher starts from what all others have, and does not make their events more frequent', async (t) => {
  const { url, time } = await startService(t);
  const first = await openStream(t, `${url}/sse/changes`);
  await first.next();
  for (let round = 0; round < 20; round++) {
    await hit(url, { uid: `v${round}`, info: { round } });
    await send(`${url}/sse/changes`, { method: 'HEAD' });
    const late = await openStream(t, `${url}/sse/changes`);
    t.deepEqual((await late.next()).visitors, []);
    late.close();
  }
  t.is(first.events.length, 1);
  time.pass(0);
  t.is(((await first.next()).joined as unknown[]).length, 20);
  await hit(url, { uid: 'v0', info: { round: 'other' } });
  await send(`${url}/v1/leave`, { body: '{"uid":"v1"}' });
  const late = await openStream(t, `${url}/sse/changes`);
  const snapshot = (await late.next()).visitors as { uid: string; info: object }[];
  t.is(snapshot.length, 20);
  t.deepEqual(snapshot.find(({ uid }) => uid === 'v0')?.info, { round: 0 });
  time.pass(4000);
  t.deepEqual((await late.next()).updated, [{ uid: 'v0', info: { round: 'other' } }]);
});

test('a client that leaves ends its stream by the id of the first event, and an unknown id ends none', async (t) => {
  const { url } = await startService(t);
  const [one, other] = [await openStream(t, `${url}/sse/changes`), await openStream(t, `${url}/sse/changes`)];
  await Promise.all([one.next(), other.next()]);
  t.truthy(one.id);
  t.not(one.id, other.id);
  const unwatch = (body: object) => send(`${url}/v1/unwatch`, { body: JSON.stringify(body) });
  t.is((await unwatch({ stream: 'unknown' })).status, 200);
  t.is((await unwatch({ stream: one.id })).text, '{"ok":true}');
  await one.ended;
  t.is((await unwatch({ stream: one.id })).status, 200);
  t.is((await unwatch({})).json().error, 'stream_missing');
  t.is(await Promise.race([other.ended, send(`${url}/health`).then(() => 'open')]), 'open');
});

test('while heartbeats change nothing, the stream carries only a comment at least every 15 s', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada' });
  time.pass(2000);
  const stream = await openStream(t, `${url}/sse/changes`);
  await stream.next();
  for (let round = 0; round < 30; round++) {
    time.pass(2000);
    await hit(url, { uid: 'ada' });
  }
  t.is(stream.events.length, 1);
  t.true(stream.comments.length >= 4, `${stream.comments.length} comments in 60 s`);
  t.true(stream.comments.length <= 6);
});

test('a reconnect gets exactly the changes it missed', async (t) => {
  const { url, time } = await startService(t);
  const first = await openStream(t, `${url}/sse/changes`);
  await first.next();
  const { id } = first.events[0]!;
  first.close();
  for (const uid of ['a', 'b', 'c']) {
    await hit(url, { uid });
    time.pass(2000);
  }
  const second = await openStream(t, `${url}/sse/changes`, { 'last-event-id': id! });
  for (const uid of ['a', 'b', 'c']) t.deepEqual((await second.next()).joined, [{ uid, status: 'active' }]);
  t.is(second.events.length, 3);
  const upToDate = await openStream(t, `${url}/sse/changes`, { 'last-event-id': second.events[2]!.id! });
  await hit(url, { uid: 'd' });
  time.pass(2000);
  t.deepEqual((await upToDate.next()).joined, [{ uid: 'd', status: 'active' }]);
});

test('a reconnect after 50 s of changes at the full rate gets all of them', async (t) => {
  const { url, time } = await startService(t);
  const first = await openStream(t, `${url}/sse/changes`);
  await first.next();
  const { id } = first.events[0]!;
  first.close();
  for (let round = 0; round < 500; round++) {
    await hit(url, { uid: `visitor-${round % 300}`, info: { round } });
    time.pass(100);
  }
  const second = await openStream(t, `${url}/sse/changes`, { 'last-event-id': id! });
  for (let round = 0; round < 500; round++) {
    const { joined, updated } = await second.next<ChangeEvent>();
    t.deepEqual((joined ?? updated)![0]!.info, { round });
  }
});

test('an event id of another process, or an invalid one, gets a snapshot', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada' });
  time.pass(2000);
  for (const id of ['other-1', '1', '-', "'", '1'.repeat(5000)]) {
    const stream = await openStream(t, `${url}/sse/changes`, { 'last-event-id': id });
    t.is((await stream.next<SnapshotEvent>()).visitors.length, 1);
    t.is(stream.events[0]!.event, 'snapshot');
  }
});

test('the streams of a room leave out the rest of the site', async (t) => {
  const { url, time } = await startService(t);
  const changes = await openStream(t, `${url}/sse/changes?room=hall`);
  const totals = await openStream(t, `${url}/sse/totals?room=hall`);
  const lists = await openStream(t, `${url}/sse/online?room=hall`);
  t.deepEqual((await changes.next()).visitors, []);
  t.deepEqual(await totals.next(), { ts: Math.floor(time.seconds()), online_total: 0, active_total: 0, idle_total: 0 });
  await lists.next();
  await hit(url, { uid: 'ada', room: 'hall' });
  await hit(url, { uid: 'bob', room: 'attic' });
  await hit(url, { uid: 'eve' });
  time.pass(2000);
  t.deepEqual((await changes.next()).joined, [{ uid: 'ada', status: 'active' }]);
  t.is((await totals.next()).online_total, 1);
  t.deepEqual((await lists.next()).active_uids, ['ada']);
});

test('a room that empties and fills again still sends its changes', async (t) => {
  const { url, time } = await startService(t);
  const changes = await openStream(t, `${url}/sse/changes?room=hall`);
  await changes.next();
  for (let round = 0; round < 3; round++) {
    await hit(url, { uid: 'ada', room: 'hall' });
    time.pass(2000);
    t.deepEqual((await changes.next()).joined, [{ uid: 'ada', status: 'active' }]);
    await send(`${url}/v1/leave`, { body: '{"uid":"ada","room":"hall"}' });
    time.pass(6000);
    t.deepEqual((await changes.next()).left, ['ada']);
  }
  t.is((await send(`${url}/v1/visitors/ada`)).json().status, 'active');
});

test('compressed changes arrive complete and in order', async (t) => {
  const { url } = await startCli(t, { TICK_INTERVAL_SECONDS: '0.05' });
  const response = await fetch(`${url}/sse/changes`, { headers: { 'accept-encoding': 'gzip' } });
  t.is(response.headers.get('content-encoding'), 'gzip');
  const joined: string[] = [];
  const reading = (async () => {
    let text = '';
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      text += part;
      joined.splice(0, joined.length, ...[...text.matchAll(/"uid":"(v\d+)"/g)].map((match) => match[1]!));
      if (joined.length === 100) return;
    }
  })();
  for (let index = 0; index < 100; index++) await hit(url, { uid: `v${index}` });
  await reading;
  t.deepEqual(
    joined,
    Array.from({ length: 100 }, (_, index) => `v${index}`),
  );
});
