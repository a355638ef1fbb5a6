import type { LimitReached } from '../limits/heartbeat-limits.js';

const MIN_SECONDS = 5;
const MAX_SECONDS = 30;

/** Lets pages of other origins read the header. */
const EXPOSE_RETRY_AFTER = ['Access-Control-Expose-Headers', 'Retry-After'] as const;

/** Says when to try again. Random, so that clients that were rejected together do not return together. */
export const retryAfter = (random: () => number): readonly string[] => [
  ...EXPOSE_RETRY_AFTER,
  'Retry-After',
  String(Math.round(MIN_SECONDS + (MAX_SECONDS - MIN_SECONDS) * random())),
];

/** Says how many hits a minute are allowed, and when the next one is. */
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
