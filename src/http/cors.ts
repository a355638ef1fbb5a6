/** What cross-origin rules say of one request. */
export interface CorsDecision {
  /** False for a page of a foreign origin. A request without an Origin comes from no page, and is allowed. */
  readonly allowed: boolean;
  /** Header names and values in turn, for every answer. */
  readonly headers: readonly string[];
}

/** The cross-origin rules of the service. */
export interface Cors {
  decide(origin: string | undefined, host: string | undefined): CorsDecision;
}

const VARY = ['Vary', 'Origin'] as const;

/** The rules for a list of allowed origins, or for any (`'*'`). The service's own origin is always allowed. */
export function createCors(allowOrigins: readonly string[] | '*'): Cors {
  if (allowOrigins === '*') {
    const anyone = { allowed: true, headers: ['Access-Control-Allow-Origin', '*', ...VARY] };
    return { decide: () => anyone };
  }
  const named = new Map(allowOrigins.map((origin) => [origin, { allowed: true, headers: headersFor(origin) }]));
  // With a single origin the header has always been sent unasked, and callers may rely on it.
  const unasked = allowOrigins.length === 1 ? headersFor(allowOrigins[0]!) : VARY;
  const withoutOrigin = { allowed: true, headers: unasked };
  const foreign = { allowed: false, headers: unasked };
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

/** The further headers that answer a preflight request: what it asked for is allowed, and need not be asked again. */
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
