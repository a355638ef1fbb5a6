import { table } from '../../bench/support/markdown.js';
import { type Bill, instanceBill, logBill, requestBill } from './bills.js';
import type { Measured } from './measured.js';
import { GOOGLE, SOURCES } from './prices.js';
import { ablyPricePerMinute, ablyPricePerUser, type Price, pubnubPrice, pusherPrice } from './providers.js';
import { HEARTBEAT_SECONDS, MONTH_SECONDS, type Site, usageOf } from './usage.js';

const VISITORS = [10, 100, 1_000, 10_000, 100_000];
const DASHBOARDS = [1, 20];
const OPEN_HOURS = [0, 1, 8, 24];
/** Redis is for several instances; two are the fewest. */
export const SHARED_INSTANCES = 2;
/** Assumed. */
export const LOG_LINE_BYTES = 1024;
const PLAIN: Omit<Site, 'visitors'> = { hasElements: false, dashboards: 1, dashboardHoursPerDay: 24, instances: 1 };

export function openHoursTable(measured: Measured): string {
  const head = ['visitors', ...OPEN_HOURS.flatMap((hours) => [`${hours} h: instance`, 'request'])];
  const rows = VISITORS.map((visitors) => {
    const cells = OPEN_HOURS.flatMap((hours) => {
      const [byInstance, byRequest] = totals(siteOpenFor(visitors, hours), measured);
      return byInstance < byRequest
        ? [`**${dollars(byInstance)}**`, dollars(byRequest)]
        : [dollars(byInstance), `**${dollars(byRequest)}**`];
    });
    return [count(visitors), ...cells];
  });
  return table(head, rows);
}

export function billTable(measured: Measured): string {
  const head = [
    'visitors',
    'elements',
    'dashboards',
    'CPU',
    'data, GiB',
    'instance',
    'request',
    'with Redis: instance',
    'request',
  ];
  const rows = VISITORS.flatMap((visitors) =>
    [false, true].flatMap((hasElements) =>
      DASHBOARDS.map((dashboards) => {
        const site = { ...PLAIN, visitors, hasElements, dashboards };
        const { cpuShare, egressGibPerMonth } = usageOf(site, measured);
        const prices = [site, { ...site, instances: SHARED_INSTANCES }].flatMap((each) => totals(each, measured));
        const usage = [
          cpuShare < 0.001 ? '< 0.1 %' : percent(cpuShare),
          count(Number(egressGibPerMonth.toPrecision(3))),
        ];
        return [count(visitors), hasElements ? 'yes' : 'no', count(dashboards), ...usage, ...prices.map(dollars)];
      }),
    ),
  );
  return table(head, rows);
}

export function logTable(): string {
  const rows = VISITORS.map((visitors) => {
    const lines = (visitors / HEARTBEAT_SECONDS) * MONTH_SECONDS;
    return [count(visitors), `${count(lines / 1e6)} million`, dollars(logBill(lines, LOG_LINE_BYTES))];
  });
  return table(['visitors', 'lines a month', 'logs'], rows);
}

export function providerTable(measured: Measured): string {
  const head = [
    'visitors',
    'dashboards',
    'this service, instance-based',
    'Pusher',
    'Ably, per minute',
    'Ably, per user',
    'PubNub',
  ];
  const rows = VISITORS.flatMap((visitors) =>
    DASHBOARDS.map((dashboards) => {
      const [byInstance] = totals({ ...PLAIN, visitors, dashboards }, measured);
      const others = [pusherPrice, ablyPricePerMinute, ablyPricePerUser, pubnubPrice];
      return [
        count(visitors),
        count(dashboards),
        dollars(byInstance),
        ...others.map((of) => priceText(of(visitors, dashboards))),
      ];
    }),
  );
  return table(head, rows);
}

/** The two totals of a month, by instance and by request. */
function totals(site: Site, measured: Measured): [number, number] {
  const usage = usageOf(site, measured);
  const redis = site.instances > 1 ? (GOOGLE.redisPerMonth ?? 0) : 0;
  const total = (bill: Bill) => bill.total + redis;
  return [total(instanceBill(site, usage)), total(requestBill(site, usage))];
}

/** Up to how many visitors request-based billing costs less, with one dashboard open for so many hours a day. */
export function cheapestBelow(hoursPerDay: number, measured: Measured): number {
  let low = 1;
  let high = VISITORS.at(-1)!;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const [byInstance, byRequest] = totals(siteOpenFor(middle, hoursPerDay), measured);
    if (byRequest < byInstance) low = middle;
    else high = middle;
  }
  return low;
}

const siteOpenFor = (visitors: number, dashboardHoursPerDay: number): Site => ({
  ...PLAIN,
  visitors,
  dashboardHoursPerDay,
});
const priceText = (price: Price): string =>
  typeof price === 'string' ? price : `${price.isAtMost ? '≤ ' : ''}${dollars(price.perMonth)}`;
export const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
export const dollars = (value: number): string => `$${value.toLocaleString('en-US', { maximumFractionDigits: 0 })}`;
export const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

/** Where the prices are from. */
export const priceTable = (): string =>
  table(
    ['prices', 'page', 'as of', 'on the page', 'note'],
    SOURCES.map((each) => [each.what, `<${each.page}>`, each.dated, each.isOnPage, each.note]),
  );
