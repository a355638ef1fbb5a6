import type { ErrorCode } from '../protocol/errors.js';
import { fail, ok, type Result } from '../protocol/result.js';
import type { Clock } from '../runtime/clock.js';
import { bearerToken, CLOCK_TOLERANCE_SECONDS, isSecret, TokenVerifier } from './tokens.js';

/** What a watcher may see. */
export interface Access {
  /** These rooms only; `undefined` for everything. */
  readonly rooms: ReadonlySet<string> | undefined;
  /** Until when, in milliseconds of the wall clock; `Infinity` for ever. */
  readonly expiresAtMs: number;
}

/** The cookie that a sign-in sets. */
export const COOKIE_NAME = 'presence_watch';
/** How long a sign-in lasts. */
const SIGN_IN_SECONDS = 12 * 3600;

const EVERYTHING: Access = { rooms: undefined, expiresAtMs: Number.POSITIVE_INFINITY };

/**
 * Decides who may watch: whoever presents one of the secrets, or a token that is signed with one. A token may be limited to
 * rooms and in time.
 */
export class WatchAccess {
  readonly #secrets: readonly string[];
  readonly #verifier: TokenVerifier;
  readonly #clock: Clock;

  /** @param secrets none: everybody may watch */
  constructor(secrets: readonly string[], clock: Clock) {
    this.#secrets = secrets;
    this.#verifier = new TokenVerifier({ secrets, clock });
    this.#clock = clock;
  }

  /** Whether everybody may watch. */
  get isOpen(): boolean {
    return this.#secrets.length === 0;
  }

  /**
   * The access of a request, from the first of: its Authorization header; `token` in its query, since an EventSource cannot
   * set headers; the cookie that a sign-in sets.
   */
  async ofRequest(
    headers: { authorization?: string | undefined; cookie?: string | undefined },
    query: string,
  ): Promise<Result<Access, ErrorCode>> {
    if (this.isOpen) return ok(EVERYTHING);
    // An empty token counts as none: a page may add `token=` to its addresses before it has one.
    const token =
      bearerToken(headers.authorization) || new URLSearchParams(query).get('token') || cookieValue(headers.cookie);
    return token ? this.ofToken(token) : fail('token_missing');
  }

  /** The access of a token, or of a secret. */
  async ofToken(token: string): Promise<Result<Access, ErrorCode>> {
    return isSecret(token, this.#secrets) ? ok(EVERYTHING) : this.#verifier.verify(token);
  }

  /** Issues a token with the same access for a cookie. It lasts for 12 h, or as long as the access itself. */
  async issueCookieToken({ rooms, expiresAtMs }: Access): Promise<{ token: string; maxAgeSeconds: number }> {
    const nowSeconds = Math.floor(this.#clock.wallMs() / 1000);
    const leftSeconds = Math.floor(expiresAtMs / 1000) - nowSeconds;
    const maxAgeSeconds = Math.max(0, Math.min(SIGN_IN_SECONDS, leftSeconds));
    // Every verification adds the clock tolerance. If the new token's lifetime included the old one's tolerance, a client
    // that signs in with the token of its cookie, again and again, could watch for ever.
    const lifetimeSeconds = Math.min(SIGN_IN_SECONDS, leftSeconds - CLOCK_TOLERANCE_SECONDS);
    const { SignJWT } = await import('jose');
    const token = await new SignJWT(rooms === undefined ? {} : { rooms: [...rooms] })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(nowSeconds + lifetimeSeconds)
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
