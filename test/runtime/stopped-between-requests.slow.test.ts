import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { startCli } from '../support/cli.js';
import { hit } from '../support/client.js';
import { uidsOn } from '../support/site.js';
import { until } from '../support/until.js';

const HEARTBEAT_MS = 2000;
const WINDOW_MS = 4000;
const SETTINGS = { HEARTBEAT_SECONDS: '2', ONLINE_WINDOW_SECONDS: '4', TICK_INTERVAL_SECONDS: '0.5' };

/** A service that runs only while it answers, as with request-based billing, and a visitor who is silent from now on. */
async function startStopped(t: ExecutionContext) {
  const service = await startCli(t, SETTINGS);
  await hit(service.url, { uid: 'silent' });
  service.process.kill('SIGSTOP');
  let next = 0;
  return {
    service,
    /** Runs the service for the heartbeat of the next of some visitors, spread over the interval, and for a look. */
    async beat(visitors: number): Promise<string[]> {
      await delay(HEARTBEAT_MS / visitors);
      service.process.kill('SIGCONT');
      await hit(service.url, { uid: `beating-${next++ % visitors}` });
      const uids = await uidsOn(service);
      service.process.kill('SIGSTOP');
      return uids;
    },
  };
}

test('a service that is stopped between the heartbeats of one visitor shows a silent one as online until it runs again', async (t) => {
  const { service, beat } = await startStopped(t);
  for (let beats = 0; beats < (4 * WINDOW_MS) / HEARTBEAT_MS; beats++) {
    t.deepEqual((await beat(1)).toSorted(), ['beating-0', 'silent']);
  }
  service.process.kill('SIGCONT');
  await until(async () => (await uidsOn(service)).length === 0, 'both to leave');
});

test('a service that is stopped between the heartbeats of many visitors shows when a silent one has left', async (t) => {
  const { beat } = await startStopped(t);
  const visitors = 8;
  const expected = Array.from({ length: visitors }, (_, index) => `beating-${index}`);
  await until(async () => {
    const uids = await beat(visitors);
    return uids.includes('silent') ? false : uids;
  }, 'the silent one to leave').then((uids) => t.deepEqual(uids.toSorted(), expected));
});
