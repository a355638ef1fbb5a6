import test, { type ExecutionContext } from 'ava';
import { hit, send } from '../support/client.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { startService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

const SETTLE_AT_ONCE = { LEAVE_SETTLE_SECONDS: '0' };

/** A service that sends to a receiver, after its first snapshot. */
async function startBoth(t: ExecutionContext, more: Record<string, string> = {}) {
  const receiver = await startReceiver(t);
  const service = await startService(t, receiver.environment({ ...SETTLE_AT_ONCE, ...more }));
  // The verifier compares with the clock of the machine.
  service.time.setWallClockOff(Date.now() - service.time.wallMs());
  await service.service.start();
  return { receiver, ...service };
}

/** Lets time pass, in small steps, until a condition holds. */
const passUntil = ({ time }: Pick<TestService, 'time'>, condition: () => boolean, what: string) =>
  until(() => {
    if (condition()) return true;
    time.pass(100);
    return false;
  }, what);

const leave = (url: string, uid: string) => send(`${url}/v1/leave`, { body: JSON.stringify({ uid }) });

const events = (receiver: Receiver) =>
  receiver.accepted.flatMap(({ type, data }) => (type === 'presence.batch' ? data.events : []));

test('a receiver gets a snapshot at the start, and then the events of two seconds in one request', async (t) => {
  const both = await startBoth(t);
  const { receiver, url } = both;
  await until(() => receiver.accepted.length === 1);
  t.is(receiver.accepted[0]!.type, 'presence.snapshot');
  t.deepEqual(receiver.accepted[0]!.data, { part: 1, parts: 1, visitors: [] });
  await hit(url, { uid: 'ada', info: { name: 'Ada' } });
  await hit(url, { uid: 'bob', idle_for: 400 });
  await passUntil(both, () => receiver.accepted.length === 2, 'a batch');
  t.deepEqual(
    events(receiver).map(({ type, data }) => [type, data]),
    [
      ['visitor.joined', { uid: 'ada', status: 'active', info: { name: 'Ada' } }],
      ['visitor.joined', { uid: 'bob', status: 'idle' }],
    ],
  );
  const [, { message, headers }] = receiver.received as [unknown, Receiver['received'][0]];
  t.regex(String(headers['webhook-id']), /^msg_/);
  t.is(headers['content-type'], 'application/json');
  t.true(Math.abs(Date.parse(message.timestamp) - Date.now()) < 300_000);
});

test('each kind of change is an event, per visitor and not per tab', async (t) => {
  const both = await startBoth(t, { HEARTBEAT_SECONDS: '2', ONLINE_WINDOW_SECONDS: '4' });
  const { receiver, url } = both;
  await hit(url, { uid: 'ada', session: 'tab-1' });
  await passUntil(both, () => events(receiver).length === 1, 'ada to join');
  await hit(url, { uid: 'ada', session: 'tab-2' });
  await send(`${url}/v1/leave`, { body: '{"uid":"ada","session":"tab-1"}' });
  await hit(url, { uid: 'ada', session: 'tab-2', idle_for: 400 });
  await passUntil(both, () => receiver.fold.visitors.size === 0, 'ada to go offline');
  await hit(url, { uid: 'bob', idle_for: 400 });
  await passUntil(both, () => events(receiver).some(({ data }) => data.uid === 'bob'), 'bob to join');
  await hit(url, { uid: 'bob' });
  await hit(url, { uid: 'bob', info: { name: 'Bob' } });
  await passUntil(both, () => events(receiver).some(({ type }) => type === 'visitor.updated'), 'bob to change');
  await leave(url, 'bob');
  await passUntil(both, () => receiver.fold.visitors.size === 0, 'bob to leave');
  t.deepEqual(
    events(receiver).map(({ type, data: { online_seconds, ...data } }) => [type, data]),
    [
      ['visitor.joined', { uid: 'ada', status: 'active' }],
      ['visitor.left', { uid: 'ada', status: 'offline' }],
      ['visitor.joined', { uid: 'bob', status: 'idle' }],
      ['visitor.active', { uid: 'bob', status: 'active' }],
      ['visitor.updated', { uid: 'bob', info: { name: 'Bob' } }],
      ['visitor.left', { uid: 'bob', status: 'offline' }],
    ],
  );
});

test('with WEBHOOK_BATCH_SECONDS=0 each event is a request of its own', async (t) => {
  const both = await startBoth(t, { WEBHOOK_BATCH_SECONDS: '0' });
  const { receiver, url } = both;
  await hit(url, { uid: 'ada' });
  await hit(url, { uid: 'bob' });
  await passUntil(both, () => receiver.accepted.length === 3, 'two events');
  t.deepEqual(
    receiver.accepted.map(({ type, data }) => [type, data.uid]),
    [
      ['presence.snapshot', undefined],
      ['visitor.joined', 'ada'],
      ['visitor.joined', 'bob'],
    ],
  );
});

test('WEBHOOK_EVENTS chooses the types that are sent', async (t) => {
  const both = await startBoth(t, { WEBHOOK_EVENTS: 'visitor.left', WEBHOOK_BATCH_SECONDS: '0' });
  const { receiver, url } = both;
  await hit(url, { uid: 'ada' });
  both.time.pass(2000);
  await leave(url, 'ada');
  await passUntil(both, () => receiver.accepted.length > 0, 'ada to leave');
  t.deepEqual(
    receiver.received.map(({ message }) => [message.type, message.data.uid]),
    [['visitor.left', 'ada']],
  );
});

test('WEBHOOK_ROOMS adds events of rooms, and the rooms to snapshots', async (t) => {
  const both = await startBoth(t, { WEBHOOK_ROOMS: 'on' });
  const { receiver, url, service } = both;
  await hit(url, { uid: 'ada', room: 'hall' });
  await hit(url, { uid: 'bob' });
  await passUntil(both, () => receiver.fold.visitors.size === 2, 'both to join');
  t.deepEqual(
    events(receiver).map(({ type, data }) => [type, data]),
    [
      ['visitor.joined', { uid: 'ada', status: 'active' }],
      ['visitor.joined', { uid: 'bob', status: 'active' }],
      ['room.occupied', { room: 'hall' }],
      ['room.joined', { room: 'hall', uid: 'ada', status: 'active' }],
    ],
  );
  await service.start();
  await passUntil(both, () => receiver.accepted.length === 3, 'the snapshot');
  t.deepEqual(receiver.accepted[2]!.data.visitors, [
    { uid: 'ada', status: 'active', rooms: [{ room: 'hall', status: 'active' }] },
    { uid: 'bob', status: 'active', rooms: [] },
  ]);
});

test('a receiver that has restarted knows who is online after the next snapshot, within five minutes', async (t) => {
  const both = await startBoth(t, { ONLINE_WINDOW_SECONDS: '3600' });
  const { receiver, url, time } = both;
  await hit(url, { uid: 'ada' });
  await passUntil(both, () => receiver.fold.visitors.has('ada'), 'ada to join');
  receiver.fold.visitors.clear();
  const fromMs = time.nowMs();
  await until(() => {
    if (receiver.fold.visitors.has('ada')) return true;
    time.pass(2000);
    // The verifier refuses what is five minutes from the clock of the machine.
    time.setWallClockOff(-2000);
    return false;
  }, 'the snapshot');
  t.true(time.nowMs() - fromMs <= 310_000);
});

test('an invisible visitor never appears', async (t) => {
  const both = await startBoth(t);
  const { receiver, url } = both;
  await hit(url, { uid: 'mallory', invisible: true, info: { name: 'Mallory' } });
  await hit(url, { uid: 'ada' });
  await passUntil(both, () => receiver.fold.visitors.has('ada'), 'ada to join');
  await hit(url, { uid: 'ada', invisible: true });
  await passUntil(both, () => !receiver.fold.visitors.has('ada'), 'ada to leave');
  t.false(JSON.stringify(receiver.received).includes('mallory'));
});

test('a large snapshot is sent in parts of at most 64 KiB, and events follow it', async (t) => {
  const both = await startBoth(t);
  const { receiver, url, service } = both;
  const uids = Array.from({ length: 1000 }, (_, number) => `visitor-${number}-${'ü'.repeat(60)}`);
  for (const uid of uids) await hit(url, { uid });
  await passUntil(both, () => receiver.fold.visitors.size === 1000, 'all to join');
  receiver.accepted.length = 0;
  receiver.fold.visitors.clear();
  await service.start();
  await hit(url, { uid: 'ada' });
  await passUntil(both, () => receiver.fold.visitors.has('ada'), 'the snapshot');
  const parts = receiver.accepted.filter(({ type }) => type === 'presence.snapshot').map(({ data }) => data);
  t.true(parts.length > 2);
  t.deepEqual(
    parts.map(({ part, parts: count }) => [part, count]),
    parts.map((_, index) => [index + 1, parts.length]),
  );
  t.is(receiver.fold.visitors.size, 1001);
  t.true(Math.max(...receiver.received.map(({ bytes }) => bytes)) <= 65_536);
});

test('only one request is open at a time', async (t) => {
  const both = await startBoth(t, { WEBHOOK_BATCH_SECONDS: '0' });
  const { receiver, url } = both;
  for (let number = 0; number < 20; number++) await hit(url, { uid: `visitor-${number}` });
  await passUntil(both, () => receiver.fold.visitors.size === 20, 'all to join');
  t.is(receiver.mostOpen, 1);
});

test('what waits is sent before the service stops', async (t) => {
  const both = await startBoth(t, { WEBHOOK_BATCH_SECONDS: '60' });
  const { receiver, url, service, time } = both;
  await until(() => receiver.accepted.length === 1);
  await hit(url, { uid: 'ada' });
  time.pass(2000);
  t.is(events(receiver).length, 0);
  await service.stop();
  t.is(events(receiver).length, 1);
});

test('metrics count what is delivered and what fails', async (t) => {
  const both = await startBoth(t, { METRICS: 'open' });
  const { receiver, url } = both;
  const metric = async (name: string) => {
    const { text } = await send(`${url}/metrics`);
    return Number(new RegExp(`^presence_webhook_${name} (.*)$`, 'm').exec(text)?.[1]);
  };
  await hit(url, { uid: 'ada' });
  await passUntil(both, () => receiver.fold.visitors.has('ada'), 'ada to join');
  await until(async () => (await metric('delivered_total')) === 1);
  t.is(await metric('snapshots_total'), 1);
  t.is(await metric('failures_total'), 0);
  t.is(await metric('up'), 1);
  t.is(await metric('waiting_events'), 0);
  t.is(await metric('lag_seconds_count'), 1);
  receiver.answer = (response) => response.writeHead(500).end();
  await hit(url, { uid: 'bob' });
  await passUntil(both, () => receiver.received.length > 3, 'another attempt');
  await until(async () => (await metric('failures_total')) >= 2);
  t.is(await metric('up'), 0);
  t.is(await metric('waiting_events'), 1);
});
