const LEAST_SECONDS = 5;
const MOST_SECONDS = 30;

/** Lets a page of another origin read when to come back. */
export const EXPOSE_RETRY_AFTER = ['Access-Control-Expose-Headers', 'Retry-After'] as const;

/** The header that tells a client when to try again; spread out, so that those refused together do not return together. */
export const retryAfter = (random: () => number): readonly string[] => [
  ...EXPOSE_RETRY_AFTER,
  'Retry-After',
  String(Math.round(LEAST_SECONDS + (MOST_SECONDS - LEAST_SECONDS) * random())),
];
