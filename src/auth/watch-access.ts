import type { ErrorCode } from '../protocol/errors.js';
import { fail, ok, type Result } from '../protocol/result.js';
import { isViewLevel, type ViewGrant, type ViewLevel } from '../protocol/view.js';
import type { Clock } from '../runtime/clock.js';
import { bearerToken, CLOCK_TOLERANCE_SECONDS, isSecret, MAX_TOKEN_LENGTH, TokenVerifier } from './tokens.js';

/** What a watcher may see. */
export interface Access {
  /** These rooms only; `undefined` for everything. */
  readonly rooms: ReadonlySet<string> | undefined;
  readonly grant: ViewGrant;
  /** Until when, in milliseconds of the wall clock; `Infinity` for ever. */
  readonly expiresAtMs: number;
  /** Whether the client has the secret itself, or has signed in with it. */
  readonly isOperator: boolean;
}

/** What a new token is for. */
export interface TokenScope {
  /** These rooms only; `undefined` for the whole site. */
  readonly rooms: readonly string[] | undefined;
  /** This part of a view only; `undefined` for everything. */
  readonly view: ViewLevel | undefined;
  /** How long the token is valid. */
  readonly lifetimeSeconds: number;
}

/** The headers that may carry credentials. */
export interface CredentialHeaders {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
}

/** The cookie that a sign-in sets. */
export const COOKIE_NAME = 'presence_watch';
/** How long a sign-in lasts. */
const SIGN_IN_SECONDS = 12 * 3600;

const OPEN: Access = {
  rooms: undefined,
  grant: 'everything',
  expiresAtMs: Number.POSITIVE_INFINITY,
  isOperator: false,
};
const OPERATOR: Access = { ...OPEN, isOperator: true };

/**
 * Decides who may watch: whoever presents one of the secrets, or a token that is signed with one. A token may be limited to
 * rooms, in what it shows, and in time.
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
  async ofRequest(headers: CredentialHeaders, query: string): Promise<Result<Access, ErrorCode>> {
    if (this.isOpen) return ok(OPEN);
    const bearer = bearerToken(headers.authorization);
    if (bearer) return this.ofToken(bearer);
    // An empty token counts as none: a page may add `token=` to its addresses before it has one.
    const inAddress = new URLSearchParams(query).get('token');
    if (!inAddress) return this.#ofCookie(headers.cookie);
    // Addresses are kept by browsers, proxies and logs, and a secret is good for everything and for ever.
    return isSecret(inAddress, this.#secrets) ? fail('secret_in_address') : this.#ofSigned(inAddress);
  }

  /** The access of a token, or of a secret. */
  async ofToken(token: string): Promise<Result<Access, ErrorCode>> {
    return isSecret(token, this.#secrets) ? ok(OPERATOR) : this.#ofSigned(token);
  }

  /** Whether a request is the operator's: by the secret in its Authorization header, or by a sign-in with the secret. */
  async checkOperator(headers: CredentialHeaders): Promise<Result<undefined, ErrorCode>> {
    const bearer = bearerToken(headers.authorization);
    if (this.isOpen) return fail(bearer ? 'secret_required' : 'token_missing');
    const access = bearer ? await this.ofToken(bearer) : await this.#ofCookie(headers.cookie);
    if (!access.ok) return access;
    return access.value.isOperator ? ok(undefined) : fail('secret_required');
  }

  /** Signs a token for watchers. Fails when it would be too long, because of its rooms. */
  async issueToken({ rooms, view, lifetimeSeconds }: TokenScope): Promise<Result<IssuedToken, 'rooms_invalid'>> {
    const expiresAt = this.#nowSeconds + lifetimeSeconds;
    const token = await this.#sign({ ...(rooms && { rooms }), ...(view && { view }) }, expiresAt);
    return token.length > MAX_TOKEN_LENGTH ? fail('rooms_invalid') : ok({ token, expiresAt });
  }

  /** Issues a token with the same access for a cookie. It lasts for 12 h, or as long as the access itself. */
  async issueCookieToken(access: Access): Promise<{ token: string; maxAgeSeconds: number }> {
    const { rooms, grant, expiresAtMs, isOperator } = access;
    const nowSeconds = this.#nowSeconds;
    const leftSeconds = Math.floor(expiresAtMs / 1000) - nowSeconds;
    const maxAgeSeconds = Math.max(0, Math.min(SIGN_IN_SECONDS, leftSeconds));
    // Every verification adds the clock tolerance. If the new token's lifetime included the old one's tolerance, a client
    // that signs in with the token of its cookie, again and again, could watch for ever.
    const lifetimeSeconds = Math.min(SIGN_IN_SECONDS, leftSeconds - CLOCK_TOLERANCE_SECONDS);
    const claims = {
      ...(rooms && { rooms: [...rooms] }),
      ...(grant !== 'everything' && { view: grant }),
      ...(isOperator && { operator: true }),
    };
    return { token: await this.#sign(claims, nowSeconds + lifetimeSeconds), maxAgeSeconds };
  }

  get #nowSeconds(): number {
    return Math.floor(this.#clock.wallMs() / 1000);
  }

  async #sign(claims: Readonly<Record<string, unknown>>, expiresAt: number): Promise<string> {
    const { SignJWT } = await import('jose');
    const token = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(expiresAt);
    return token.sign(new TextEncoder().encode(this.#secrets[0]));
  }

  async #ofCookie(header: string | undefined): Promise<Result<Access, ErrorCode>> {
    const token = cookieValue(header);
    return token ? this.#ofSigned(token) : fail('token_missing');
  }

  async #ofSigned(token: string): Promise<Result<Access, ErrorCode>> {
    const claims = await this.#verifier.verify(token);
    if (!claims.ok) return claims;
    const { rooms, view, operator, expiresAtMs } = claims.value;
    const isOperator = operator === true;
    if (view === undefined || view === null) return ok({ rooms, grant: 'everything', expiresAtMs, isOperator });
    // An unknown value must not count as none: whoever signed it wanted to limit something.
    return isViewLevel(view) ? ok({ rooms, grant: view, expiresAtMs, isOperator }) : fail('token_invalid');
  }
}

/** A signed token, and when it expires, in Unix seconds. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: number;
}

function cookieValue(header: string | undefined): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() === COOKIE_NAME) return value?.trim();
  }
  return undefined;
}
