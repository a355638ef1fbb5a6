import type { LimitReached } from '../limits/heartbeat-limits.js';

const MIN_SECONDS = 5;
const MAX_SECONDS = 30;

/** Says when to try again. Random, so that clients that were rejected together do not return together. */
export const retryAfter = (random: () => number): readonly string[] => [
  'Access-Control-Expose-Headers',
  'Retry-After',
  'Retry-After',
  String(Math.round(MIN_SECONDS + (MAX_SECONDS - MIN_SECONDS) * random())),
];

/** Says how many hits a minute are allowed, and when the next one is (draft-ietf-httpapi-ratelimit-headers-10). */
export const rateLimitHeaders = ({ policy, perMinute, retryAfterSeconds }: LimitReached): readonly string[] => [
  'Access-Control-Expose-Headers',
  'Retry-After, RateLimit, RateLimit-Policy',
  'Retry-After',
  String(retryAfterSeconds),
  'RateLimit-Policy',
  `"${policy}";q=${perMinute};w=60`,
  'RateLimit',
  `"${policy}";r=0;t=${retryAfterSeconds}`,
];
