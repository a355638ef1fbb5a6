import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { startCli } from '../support/cli.js';
import { hit } from '../support/client.js';
import { startReceiver } from '../support/receiver.js';
import { until } from '../support/until.js';

const SHORT = {
  HEARTBEAT_SECONDS: '0.4',
  ONLINE_WINDOW_SECONDS: '1.6',
  LEAVE_SETTLE_SECONDS: '0',
  TICK_INTERVAL_SECONDS: '0.1',
  WEBHOOK_BATCH_SECONDS: '0',
};

test('a process that has been replaced sends no events of visitors whose heartbeats go to the other one', async (t) => {
  t.timeout(120_000);
  const receiver = await startReceiver(t);
  const environment = receiver.environment(SHORT);
  const old = await startCli(t, environment);
  const types = () => receiver.accepted.map(({ type }) => type);
  const beat = (url: string) => Promise.all(['ada', 'bob', 'eve'].map((uid) => hit(url, { uid })));
  await beat(old.url);
  await until(() => types().filter((type) => type === 'visitor.joined').length === 3);
  const next = await startCli(t, { ...environment, PEER_URL: old.url });
  for (let count = 0; count < 12; count++) {
    await beat(next.url);
    await delay(300);
  }
  t.false(types().includes('visitor.left'), types().join());
  t.deepEqual([...receiver.fold.visitors.keys()].sort(), ['ada', 'bob', 'eve']);

  // As after a deployment that is taken back.
  const before = receiver.accepted.length;
  await beat(old.url);
  await until(() => receiver.accepted.slice(before).some(({ type }) => type === 'presence.snapshot'));
});
