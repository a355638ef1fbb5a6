import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { ChangeEvent } from '../../src/protocol/messages.js';
import { startCli } from '../support/cli.js';
import { hit, openStream } from '../support/client.js';
import { uidsOn } from '../support/site.js';
import { until } from '../support/until.js';

const HEARTBEAT_SECONDS = 2;
const WINDOW_SECONDS = 4;
const SETTINGS = {
  HEARTBEAT_SECONDS: String(HEARTBEAT_SECONDS),
  ONLINE_WINDOW_SECONDS: String(WINDOW_SECONDS),
  TICK_INTERVAL_SECONDS: '0.5',
};

test('a process that is suspended for longer than the online window does not report that visitors left', async (t) => {
  const service = await startCli(t, SETTINGS);
  const stream = await openStream(t, `${service.url}/sse/changes`);
  await stream.next();
  const beating = Array.from({ length: 50 }, (_, index) => `visitor-${index}`);
  const silent = ['silent-0', 'silent-1'];
  const beat = () => {
    for (const uid of beating) void hit(service.url, { uid }).catch(() => {});
  };
  await Promise.all([...beating, ...silent].map((uid) => hit(service.url, { uid })));
  const timer = setInterval(beat, HEARTBEAT_SECONDS * 1000);
  t.teardown(() => clearInterval(timer));
  const isShown = () => JSON.parse(stream.events.at(-1)!.data).online_total === 52;
  await until(isShown, 'all visitors in the stream');
  service.process.kill('SIGSTOP');
  await delay(1.5 * WINDOW_SECONDS * 1000);
  service.process.kill('SIGCONT');
  const left = () => stream.events.flatMap(({ data }) => (JSON.parse(data) as ChangeEvent).left ?? []);
  await until(() => left().includes('silent-0') && left().includes('silent-1'), 'the silent ones to leave');
  t.deepEqual(left().sort(), silent);
  t.deepEqual((await uidsOn(service)).sort(), [...beating].sort());
});
