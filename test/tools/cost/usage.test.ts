import test from 'ava';
import type { Measured } from '../../../tools/cost/measured.js';
import { changesPerMonth, type Site, usageOf } from '../../../tools/cost/usage.js';

/** Round figures, so that the results can be worked out by hand. */
const MEASURED: Measured = {
  cpuMicrosecondsPerHeartbeat: 60,
  cpuMicrosecondsPerHeartbeatWithView: 90,
  cpuMillisecondsPerWatcherHour: 180,
  mibPerWatcherHour: 0.5,
  residentBytesPerVisitor: 400,
  redisBytesPerVisitor: 128,
};
const SITE: Site = { visitors: 3000, hasElements: false, dashboards: 0, dashboardHoursPerDay: 24, instances: 1 };
const usage = (site: Partial<Site>) => usageOf({ ...SITE, ...site }, MEASURED);
const isNear = (actual: number, expected: number) => Math.abs(actual - expected) < expected * 1e-6;

test('three thousand visitors send a hundred heartbeats a second', (t) => {
  const { heartbeatsPerSecond, requestsPerMonth, cpuShare, redisMib } = usage({});
  t.is(heartbeatsPerSecond, 100);
  t.is(requestsPerMonth, 259_200_000);
  t.true(isNear(cpuShare, 100 * 60e-6));
  t.is(redisMib, 0);
});

test('elements cost CPU and bytes of each heartbeat, and no requests', (t) => {
  const plain = usage({});
  const withElements = usage({ hasElements: true });
  t.true(isNear(withElements.cpuShare, 100 * 90e-6));
  t.is(withElements.requestsPerMonth, plain.requestsPerMonth);
  t.true(withElements.egressGibPerMonth > plain.egressGibPerMonth);
});

test('a dashboard costs in proportion to the visitors and to the hours for which it is open', (t) => {
  const streamGib = (site: Partial<Site>) => usage(site).egressGibPerMonth - usage({}).egressGibPerMonth;
  // 20 dashboards × 720 h × 0.5 MiB × 3000 / 1000 visitors
  t.true(isNear(streamGib({ dashboards: 20 }), 21_600 / 1024));
  t.true(isNear(streamGib({ dashboards: 20, dashboardHoursPerDay: 8 }), 7_200 / 1024));
  // 20 × 180 ms × 3 in each hour
  t.true(isNear(usage({ dashboards: 20 }).cpuShare - usage({}).cpuShare, 10.8 / 3600));
});

test('with Redis, each instance serves its part of the heartbeats and applies all of them', (t) => {
  const { cpuShare, redisMib } = usage({ instances: 2 });
  t.true(isNear(cpuShare, 100 * (30e-6 + 4e-6)));
  t.true(isNear(redisMib, (3000 * 128) / 1024 ** 2));
});

test('an instance gets the smallest memory of which a fifth stays free', (t) => {
  t.is(usage({}).instanceGib, 0.5);
  t.is(usage({ visitors: 100_000 }).instanceGib, 0.5);
  // 380 MiB + 100,000 × 600 bytes = 437 MiB, more than 80 % of 512
  t.is(usage({ visitors: 100_000, instances: 2 }).instanceGib, 1);
  t.is(usage({ visitors: 200_000 }).instanceGib, 1);
});

test('a site that one vCPU cannot serve is refused', (t) => {
  t.throws(() => usage({ visitors: 1_000_000 }), { message: /more than one vCPU/ });
});

test('a thousand visitors join and leave 50 times a minute', (t) => {
  const { joins, leaves, statusChanges } = changesPerMonth(1000);
  t.deepEqual([joins, leaves, statusChanges], [2_160_000, 2_160_000, 4_320_000]);
});
