import type { Clock } from '../runtime/clock.js';
import { bearerToken, CLOCK_TOLERANCE_SECONDS, isSecret, type TokenError, TokenVerifier } from './tokens.js';

/** What a watcher may see. */
export interface Access {
  /** Only these rooms; `undefined` for everything. */
  readonly rooms: ReadonlySet<string> | undefined;
  /** Until when, on the wall clock. */
  readonly expiresAtMs: number;
}

/** Why somebody may not watch. */
export type AccessError = TokenError | 'token_missing';

/** The cookie that a sign-in sets. */
export const COOKIE_NAME = 'presence_watch';
/** How long a sign-in lasts. */
const SIGN_IN_SECONDS = 12 * 3600;

const EVERYTHING: Access = { rooms: undefined, expiresAtMs: Number.POSITIVE_INFINITY };

/**
 * Decides who may watch. A watcher shows one of the secrets themselves, or a token that is signed with one and may be
 * limited to rooms and in time.
 */
export class WatchGate {
  readonly #secrets: readonly string[];
  readonly #verifier: TokenVerifier;
  readonly #clock: Clock;

  constructor(secrets: readonly string[], clock: Clock) {
    this.#secrets = secrets;
    this.#verifier = new TokenVerifier({ secrets, clock, maxRemembered: 5000 });
    this.#clock = clock;
  }

  /** Whether there is anything to guard. */
  get isOpen(): boolean {
    return this.#secrets.length === 0;
  }

  /**
   * What the bearer of a request's credentials may see: of the Authorization header, the `token` of the query, as an
   * EventSource cannot set headers, or the cookie that a sign-in has set.
   */
  access(
    headers: { authorization?: string | undefined; cookie?: string | undefined },
    query: string,
  ): Access | AccessError | Promise<Access | AccessError> {
    if (this.isOpen) return EVERYTHING;
    // An empty one is none: a page may put `token=` into its addresses before it has any.
    const token =
      bearerToken(headers.authorization) || new URLSearchParams(query).get('token') || cookieValue(headers.cookie);
    return token ? this.check(token) : 'token_missing';
  }

  /** What the bearer of a token, or of a secret, may see. */
  check(token: string): Access | AccessError | Promise<Access | AccessError> {
    if (isSecret(token, this.#secrets)) return EVERYTHING;
    return this.#verifier.recall(token) ?? this.#verifier.verify(token);
  }

  /** A token with the same rights that can stand in a cookie: good for 12 h, or as long as the access it comes from. */
  async issueCookieToken({ rooms, expiresAtMs }: Access): Promise<{ token: string; maxAgeSeconds: number }> {
    const nowSeconds = Math.floor(this.#clock.wallMs() / 1000);
    const leftSeconds = Math.floor(expiresAtMs / 1000) - nowSeconds;
    const maxAgeSeconds = Math.max(0, Math.min(SIGN_IN_SECONDS, leftSeconds));
    // The tolerance is given anew whenever a token is looked at. Had the new one the old one's in it, whoever signs in
    // with the token of the cookie, again and again, could watch for ever.
    const goodForSeconds = Math.min(SIGN_IN_SECONDS, leftSeconds - CLOCK_TOLERANCE_SECONDS);
    const { SignJWT } = await import('jose');
    const token = await new SignJWT(rooms === undefined ? {} : { rooms: [...rooms] })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(nowSeconds + goodForSeconds)
      .sign(new TextEncoder().encode(this.#secrets[0]));
    return { token, maxAgeSeconds };
  }
}

function cookieValue(header: string | undefined): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() === COOKIE_NAME) return value?.trim();
  }
  return undefined;
}
