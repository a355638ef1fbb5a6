/** The outcome of the cross-origin (CORS) rules for one request. */
export interface CorsDecision {
  /** False for a page of a foreign origin. A request without an Origin does not come from a page, and is allowed. */
  readonly allowed: boolean;
  /** Headers for every answer, names and values in turn. */
  readonly headers: readonly string[];
}

/** The CORS rules of the service. */
export interface Cors {
  decide(origin: string | undefined, host: string | undefined): CorsDecision;
}

const VARY = ['Vary', 'Origin'] as const;

/** Creates the rules for a list of allowed origins, or for any (`'*'`). The service's own origin is always allowed. */
export function createCors(allowOrigins: readonly string[] | '*'): Cors {
  if (allowOrigins === '*') {
    const anyone = { allowed: true, headers: ['Access-Control-Allow-Origin', '*', ...VARY] };
    return { decide: () => anyone };
  }
  const named = new Map(allowOrigins.map((origin) => [origin, { allowed: true, headers: headersFor(origin) }]));
  // Part of the stable contract: with a single allowed origin, every answer names it.
  const fallback = allowOrigins.length === 1 ? headersFor(allowOrigins[0]!) : VARY;
  const withoutOrigin = { allowed: true, headers: fallback };
  const foreign = { allowed: false, headers: fallback };
  return {
    decide(origin, host) {
      if (origin === undefined) return withoutOrigin;
      const decision = named.get(origin);
      if (decision !== undefined) return decision;
      const isOwn = host !== undefined && (origin === `https://${host}` || origin === `http://${host}`);
      return isOwn ? { allowed: true, headers: headersFor(origin) } : foreign;
    },
  };
}

const headersFor = (origin: string): readonly string[] => [
  'Access-Control-Allow-Origin',
  origin,
  'Access-Control-Allow-Credentials',
  'true',
  ...VARY,
];

const PREFLIGHT_MAX_AGE_SECONDS = 86_400;
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(?:\s*,\s*[\w!#$%&'*+.^`|~-]+)*$/;

/** Further headers for the answer to a preflight request. They allow what it asks for, and let browsers cache that. */
export function preflightHeaders(allowMethods: string, requestedHeaders: string | undefined): string[] {
  const wellFormed = requestedHeaders !== undefined && HEADER_NAMES.test(requestedHeaders);
  return [
    'Access-Control-Allow-Methods',
    allowMethods,
    'Access-Control-Allow-Headers',
    wellFormed ? requestedHeaders : 'Content-Type',
    'Access-Control-Max-Age',
    String(PREFLIGHT_MAX_AGE_SECONDS),
  ];
}
