import type { LimitReached } from '../limits/heartbeat-limits.js';

const LEAST_SECONDS = 5;
const MOST_SECONDS = 30;

/** Lets a page of another origin read when to come back. */
const EXPOSE_RETRY_AFTER = ['Access-Control-Expose-Headers', 'Retry-After'] as const;

/** The header that tells a client when to try again; spread out, so that those refused together do not return together. */
export const retryAfter = (random: () => number): readonly string[] => [
  ...EXPOSE_RETRY_AFTER,
  'Retry-After',
  String(Math.round(LEAST_SECONDS + (MOST_SECONDS - LEAST_SECONDS) * random())),
];

/** The headers that say how many hits a minute are allowed, and when the next one is. */
export const rateLimitHeaders = ({ perMinute, retryAfterSeconds }: LimitReached): readonly string[] => [
  ...EXPOSE_RETRY_AFTER,
  'Retry-After',
  String(retryAfterSeconds),
  'RateLimit-Limit',
  String(perMinute),
  'RateLimit-Remaining',
  '0',
  'RateLimit-Reset',
  String(retryAfterSeconds),
];
