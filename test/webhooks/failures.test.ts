import test, { type ExecutionContext } from 'ava';
import { hit, send } from '../support/client.js';
import { type Answer, type Receiver, startReceiver } from '../support/receiver.js';
import { startService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

/** A service that sends to a receiver, after its first snapshot. */
async function startBoth(t: ExecutionContext, answer?: Answer) {
  const receiver = await startReceiver(t);
  receiver.answer = answer;
  const service = await startService(
    t,
    receiver.environment({
      LEAVE_SETTLE_SECONDS: '0',
      ONLINE_WINDOW_SECONDS: '3600',
      METRICS: 'open',
    }),
  );
  service.time.setWallClockOff(Date.now() - service.time.wallMs());
  await service.service.start();
  await until(() => receiver.received.length === 1, 'the first attempt');
  return { receiver, ...service };
}

/** Lets time pass, in small steps, until a condition holds. */
const passUntil = ({ time }: Pick<TestService, 'time'>, condition: () => boolean, what: string, stepMs = 200) =>
  until(() => {
    if (condition()) return true;
    time.pass(stepMs);
    // The verifier refuses what is five minutes from the clock of the machine.
    time.setWallClockOff(-stepMs);
    return false;
  }, what);

const webhookLines = ({ logged }: Pick<TestService, 'logged'>) =>
  logged.filter(({ message }) => /webhook/i.test(message));
const ids = (receiver: Receiver) => receiver.received.map(({ headers }) => headers['webhook-id']);
const error: Answer = (response) => response.writeHead(500).end();

test('a message that fails is sent again with the same id, and nothing is lost or out of order', async (t) => {
  const both = await startBoth(t);
  const { receiver, url } = both;
  receiver.answer = error;
  await hit(url, { uid: 'ada' });
  await passUntil(both, () => receiver.received.length >= 3, 'two attempts');
  await hit(url, { uid: 'bob' });
  receiver.answer = undefined;
  await passUntil(both, () => receiver.fold.visitors.has('bob'), 'bob to join');
  t.deepEqual(
    receiver.accepted.map(({ type }) => type),
    ['presence.snapshot', 'presence.batch', 'presence.batch'],
  );
  const [, first, ...more] = ids(receiver);
  t.deepEqual(new Set(more).size, 2);
  t.true(more.slice(0, -1).every((id) => id === first));
});

test('a receiver that is down is tried less and less often, and logged once', async (t) => {
  const both = await startBoth(t, error);
  const { receiver } = both;
  await passUntil(both, () => receiver.received.length === 3, 'attempts');
  await passUntil(both, () => receiver.received.length === 8, 'more attempts', 1000);
  const timesMs: number[] = [];
  for (let attempt = 8; attempt < 11; attempt++) {
    const seen = receiver.received.length;
    const fromMs = both.time.nowMs();
    await passUntil(both, () => receiver.received.length > seen, 'another attempt', 1000);
    timesMs.push(both.time.nowMs() - fromMs);
  }
  t.true(Math.min(...timesMs) >= 43_000, String(timesMs));
  const [line, ...more] = webhookLines(both);
  t.deepEqual(more, []);
  t.is(line!.level, 'error');
  const host = new URL(receiver.url).host;
  t.deepEqual(line!.fields, { receiver: host, problem: 'it answered 500' });
  receiver.answer = undefined;
  await passUntil(both, () => receiver.accepted.length > 0, 'the snapshot');
  await until(() => webhookLines(both).length === 2);
  t.deepEqual(webhookLines(both)[1], {
    level: 'info',
    message: 'Webhooks are delivered again.',
    fields: { receiver: host },
  });
  t.false(JSON.stringify(both.logged).includes('secret-of-the-receiver'));
});

test('a single failure is not logged', async (t) => {
  const both = await startBoth(t, error);
  both.receiver.answer = undefined;
  await passUntil(both, () => both.receiver.accepted.length === 1, 'the second attempt');
  t.deepEqual(webhookLines(both), []);
});

test('after 410 nothing is sent until the next start', async (t) => {
  const both = await startBoth(t, (response) => response.writeHead(410).end());
  const { receiver, url } = both;
  await until(() => webhookLines(both).length === 1);
  t.regex(webhookLines(both)[0]!.message, /answered 410/);
  await hit(url, { uid: 'ada' });
  both.time.pass(600_000);
  await both.service.start();
  t.is(receiver.received.length, 1);
  t.regex((await send(`${url}/metrics`)).text, /^presence_webhook_up 0$/m);
  t.regex((await send(`${url}/metrics`)).text, /^presence_webhook_waiting_events 0$/m);
});

test('a receiver that was down for long gets a snapshot in place of the events', async (t) => {
  const both = await startBoth(t);
  const { receiver, url } = both;
  receiver.answer = error;
  await hit(url, { uid: 'gone' });
  await passUntil(both, () => receiver.received.length >= 2, 'an attempt');
  const fromMs = both.time.nowMs();
  let attempts = 0;
  while (both.time.nowMs() - fromMs < 400_000) {
    await hit(url, { uid: 'ada', info: { attempts: ++attempts } });
    if (attempts === 3) await send(`${url}/v1/leave`, { body: '{"uid":"gone"}' });
    const seen = receiver.received.length;
    await passUntil(both, () => receiver.received.length > seen, 'another attempt', 1000);
  }
  receiver.answer = undefined;
  await passUntil(both, () => receiver.fold.visitors.has('ada'), 'the snapshot');
  const [, snapshot] = receiver.accepted;
  t.is(snapshot!.type, 'presence.snapshot');
  t.deepEqual(snapshot!.data.visitors, [{ uid: 'ada', status: 'active', info: { attempts } }]);
  await hit(url, { uid: 'bob' });
  await passUntil(both, () => receiver.fold.visitors.has('bob'), 'bob to join');
  const { active_uids, idle_uids } = (await send(`${url}/v1/online`)).json();
  t.deepEqual(receiver.fold.lists() as object, { active_uids, idle_uids });
});

test('a receiver that hangs is sent the message again, and the others wait for it', async (t) => {
  const both = await startBoth(t);
  const { receiver, url } = both;
  receiver.answer = () => {};
  await hit(url, { uid: 'ada' });
  await passUntil(both, () => receiver.received.length === 2, 'the first attempt');
  receiver.answer = undefined;
  await hit(url, { uid: 'bob' });
  await passUntil(both, () => receiver.fold.visitors.has('bob'), 'bob to join');
  const [, hanging, again, next] = ids(receiver);
  t.is(again, hanging);
  t.not(next, hanging);
});
