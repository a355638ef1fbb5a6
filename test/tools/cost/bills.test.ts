import test from 'ava';
import { billedMs, billedShare, instanceBill, logBill, requestBill } from '../../../tools/cost/bills.js';
import type { Site, Usage } from '../../../tools/cost/usage.js';

const DAY_MS = 86_400_000;
const SITE: Site = { visitors: 10, hasElements: false, dashboards: 0, dashboardHoursPerDay: 0, instances: 1 };
const USAGE: Usage = {
  heartbeatsPerSecond: 10 / 30,
  requestsPerMonth: 864_000,
  egressGibPerMonth: 0.5,
  cpuShare: 0.001,
  instanceGib: 0.5,
  redisMib: 0,
};

const isNear = (actual: number, expected: number) => Math.abs(actual - expected) < 0.005;

test('a short request is billed as 100 ms, and a longer one as the next multiple', (t) => {
  t.is(billedMs([{ startMs: 0, endMs: 1 }]), 100);
  t.is(billedMs([{ startMs: 0, endMs: 101 }]), 200);
});

test('requests that overlap are billed once, whatever their order', (t) => {
  const requests = [
    { startMs: 150, endMs: 151 },
    { startMs: 0, endMs: 1 },
    { startMs: 60, endMs: 61 },
  ];
  // From 0 to 250: the first lasts until 100, the second until 160, the third until 250.
  t.is(billedMs(requests), 250);
  t.is(billedMs([...requests, { startMs: 1000, endMs: 1001 }]), 350);
});

test('an open stream is billed for its whole time, with or without requests in it', (t) => {
  const stream = { startMs: 0, endMs: DAY_MS };
  const requests = Array.from({ length: 1000 }, (_, index) => ({ startMs: index * 30_000, endMs: index * 30_000 + 1 }));
  t.is(billedMs([stream]), DAY_MS);
  t.is(billedMs([stream, ...requests]), DAY_MS);
  t.is(billedShare(100, 1), 1);
});

test('the share for requests at random moments is what counting them gives', (t) => {
  // A linear congruential generator, so that the test is the same each time.
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (const perSecond of [0.5, 5, 30]) {
    const seconds = 20_000 / perSecond;
    const requests = Array.from({ length: 20_000 }, () => {
      const startMs = random() * seconds * 1000;
      return { startMs, endMs: startMs + 1 };
    });
    const counted = billedMs(requests) / (seconds * 1000);
    t.true(Math.abs(counted / billedShare(perSecond, 0) - 1) < 0.02, `${perSecond}/s: ${counted}`);
  }
});

test('an instance that always runs is billed for a whole vCPU and its memory, less the free quotas', (t) => {
  const bill = instanceBill(SITE, USAGE);
  // (2,592,000 s - 240,000) × $0.000018 + (1,296,000 GiB-s - 450,000) × $0.000002
  t.true(isNear(bill.compute, 42.336 + 1.692));
  t.is(bill.requests, 0);
  t.is(bill.egress, 0);
  t.true(isNear(bill.total, 44.028));
});

test('two instances share one free quota', (t) => {
  // (5,184,000 - 240,000) × $0.000018 + (2,592,000 - 450,000) × $0.000002
  t.true(isNear(instanceBill({ ...SITE, instances: 2 }, USAGE).compute, 88.992 + 4.284));
});

test('by request, ten visitors whom nobody watches are free', (t) => {
  // 3.3 % of the month, 85,000 vCPU-seconds of 180,000; 864,000 requests of 2 million
  t.is(requestBill(SITE, USAGE).total, 0);
});

test('by request, one dashboard around the clock is billed for the whole month', (t) => {
  const bill = requestBill({ ...SITE, dashboards: 1, dashboardHoursPerDay: 24 }, USAGE);
  // (2,592,000 - 180,000) × $0.000024 + (1,296,000 - 360,000) × $0.0000025
  t.true(isNear(bill.compute, 57.888 + 2.34));
});

test('by request, twenty dashboards for eight hours a day are billed for a third of the month', (t) => {
  const quiet = { ...USAGE, heartbeatsPerSecond: 0 };
  const bill = requestBill({ ...SITE, dashboards: 20, dashboardHoursPerDay: 8 }, quiet);
  // (864,000 - 180,000) × $0.000024 + (432,000 - 360,000) × $0.0000025
  t.true(isNear(bill.compute, 16.416 + 0.18));
});

test('by request, only the instance that holds the stream is billed for its whole time', (t) => {
  const quiet = { ...USAGE, heartbeatsPerSecond: 0 };
  const one = requestBill({ ...SITE, dashboards: 1, dashboardHoursPerDay: 24 }, quiet);
  const ofTwo = requestBill({ ...SITE, dashboards: 1, dashboardHoursPerDay: 24, instances: 2 }, quiet);
  t.is(ofTwo.compute, one.compute);
});

test('requests, data and logs are billed beyond their free quotas', (t) => {
  const bill = requestBill(SITE, { ...USAGE, requestsPerMonth: 12e6, egressGibPerMonth: 11 });
  t.true(isNear(bill.requests, 4));
  t.true(isNear(bill.egress, 1.2));
  // 100 GiB of lines, 50 of them free
  t.true(isNear(logBill(100 * 1024 ** 2, 1024), 25));
  t.is(logBill(1000, 1024), 0);
});
