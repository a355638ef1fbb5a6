/**
 * List prices in US dollars, without taxes and discounts. Change them, run `npm run cost`, and docs/cost.md follows.
 * A month has 30 days. `undefined` is a price that no page confirms: what depends on it is left out.
 */
export const GOOGLE = {
  /** Tier 1 regions, such as europe-west1 and us-central1. */
  instanceBased: {
    perVcpuSecond: 0.000018,
    perGibSecond: 0.000002,
    freeVcpuSeconds: 240_000,
    freeGibSeconds: 450_000,
    perMillionRequests: 0,
    freeRequests: 0,
  },
  requestBased: {
    perVcpuSecond: 0.000024,
    perGibSecond: 0.0000025,
    freeVcpuSeconds: 180_000,
    freeGibSeconds: 360_000,
    perMillionRequests: 0.4,
    freeRequests: 2_000_000,
  },
  /** Data to the internet, the price of the first TiB to North America. */
  egress: { perGib: 0.12, freeGib: 1 },
  logs: { perGib: 0.5, freeGib: 50 },
  /** One Redis for the instances to share. Google's price for the smallest Memorystore goes here. */
  redisPerMonth: undefined as number | undefined,
} as const;

/** What Cloud Run charges for the time and the requests of its instances. */
export type ComputePrices = Readonly<Record<keyof (typeof GOOGLE)['instanceBased'], number>>;

/** A plan of Pusher Channels. Those whose limits are not known are left out. */
export interface PusherPlan {
  readonly name: string;
  readonly perMonth: number;
  readonly maxConnections: number;
  readonly maxMessagesPerDay: number;
  /** Whether the plan below it in this list is also the one below it on sale. */
  readonly isNext: boolean;
}

export const PUSHER: readonly PusherPlan[] = [
  { name: 'Sandbox', perMonth: 0, maxConnections: 100, maxMessagesPerDay: 200_000, isNext: true },
  { name: 'Startup', perMonth: 49, maxConnections: 500, maxMessagesPerDay: 1_000_000, isNext: true },
  { name: 'Pro', perMonth: 99, maxConnections: 2_000, maxMessagesPerDay: 4_000_000, isNext: true },
  { name: 'Business', perMonth: 299, maxConnections: 5_000, maxMessagesPerDay: 10_000_000, isNext: true },
  // Premium (499 $), Growth (699 $) and Plus (899 $) lie between; their limits are not known.
  { name: 'Growth Plus', perMonth: 1199, maxConnections: 30_000, maxMessagesPerDay: 90_000_000, isNext: false },
];

export const ABLY = {
  packages: [
    { name: 'Standard', perMonth: 29, maxConnections: 10_000 },
    { name: 'Pro', perMonth: 399, maxConnections: 50_000 },
  ],
  perMillionMessages: 2.5,
  perMillionConnectionMinutes: 1,
  perMillionChannelMinutes: 1,
  perMonthlyUser: 0.05,
  /** What a monthly user may use; more is charged as above. */
  messagesPerMonthlyUser: 20_000,
  connectionMinutesPerMonthlyUser: 2_000,
} as const;

export const PUBNUB: readonly { readonly maxMonthlyUsers: number; readonly perMonth: number }[] = [
  { maxMonthlyUsers: 200, perMonth: 0 },
  { maxMonthlyUsers: 1_000, perMonth: 98 },
  { maxMonthlyUsers: 5_000, perMonth: 370 },
  { maxMonthlyUsers: 10_000, perMonth: 550 },
  { maxMonthlyUsers: 25_000, perMonth: 1_130 },
];

/** Where the prices are from. */
export interface PriceSource {
  readonly what: string;
  readonly page: string;
  /** When the page was as quoted. */
  readonly dated: string;
  /** Whether a copy of the provider's own page says so, and not somebody who quotes it. */
  readonly isOnPage: 'yes' | 'partly' | 'not verified';
  readonly note: string;
}

export const SOURCES: readonly PriceSource[] = [
  {
    what: 'Cloud Run',
    page: 'https://cloud.google.com/run/pricing',
    dated: '2026-11-26',
    isOnPage: 'partly',
    note: 'tier 1. A copy without a date has the prices of vCPU-seconds, the free quotas of request-based billing and the 100 ms; the rest is as entered',
  },
  {
    what: 'logs',
    page: 'https://cloud.google.com/stackdriver/pricing',
    dated: '2026-11-26',
    isOnPage: 'not verified',
    note: 'as entered',
  },
  {
    what: 'data to the internet',
    page: 'https://cloud.google.com/vpc/network-pricing',
    dated: '2026-09-20',
    isOnPage: 'not verified',
    note: 'quoted by a third party; the first TiB, to North America. More is cheaper, other continents are dearer',
  },
  {
    what: 'Memorystore for Redis',
    page: 'https://cloud.google.com/memorystore/docs/redis/pricing',
    dated: '–',
    isOnPage: 'not verified',
    note: 'left out: no copy of the price was found',
  },
  {
    what: 'Pusher Channels',
    page: 'https://pusher.com/channels/pricing',
    dated: '2026-05-08',
    isOnPage: 'not verified',
    note: 'quoted by a third party, which names the limits of five plans; three plans lie between Business and Growth Plus',
  },
  {
    what: 'Ably, per minute and per monthly user',
    page: 'https://ably.com/docs/platform/pricing',
    dated: '2025-09-16, still so on 2026-08-03',
    isOnPage: 'yes',
    note: 'from the source of that page. Later copies charge new accounts per monthly user only, without naming the price',
  },
  {
    what: 'PubNub, per monthly user',
    page: 'https://www.pubnub.com/pricing/',
    dated: '2026-05-08',
    isOnPage: 'not verified',
    note: 'quoted by a third party; no list price beyond 25,000 users',
  },
];
