import { createHmac } from 'node:crypto';
import type { Config } from '../config/settings.js';
import type { ErrorCode } from '../protocol/errors.js';
import { fail, ok, type Result } from '../protocol/result.js';
import type { Clock } from '../runtime/clock.js';
import { bearerToken, CLOCK_TOLERANCE_SECONDS, TokenVerifier } from './tokens.js';

const LIFETIME_SECONDS = 60;
const LONGEST_MS = (LIFETIME_SECONDS + 2 * CLOCK_TOLERANCE_SECONDS) * 1000;

/**
 * Decides who may take over the state of this process: whoever has one of the secrets that guard it, and proves it by a
 * token of a minute.
 *
 * The tokens are signed with keys that are derived from the secrets. Otherwise a visitor's token, which may be signed with
 * the same secret, would open the handover, and a token for the handover would open what the secret guards.
 */
export class HandoverAccess {
  readonly #clock: Clock;
  readonly #verifier: TokenVerifier | undefined;
  /** Those of all secrets. In a rotation of secrets, the other process may not know the one that guards this one. */
  readonly #keys: readonly string[];

  constructor({ handover, trust }: Pick<Config, 'handover' | 'trust'>, clock: Clock) {
    const lists = [handover.secrets, trust.watchSecrets, trust.hitSecrets].filter(({ length }) => length > 0);
    const guards = lists[0]?.map(keyOf);
    this.#clock = clock;
    this.#verifier = guards && new TokenVerifier({ secrets: guards, clock });
    this.#keys = lists.flat().map(keyOf);
  }

  /** Whether everybody may take over the state. */
  get isOpen(): boolean {
    return this.#verifier === undefined;
  }

  /** Whether a request may take over the state; if not, why. */
  async check(authorization: string | undefined): Promise<Result<undefined, ErrorCode>> {
    if (this.#verifier === undefined) return ok(undefined);
    const token = bearerToken(authorization);
    if (token === undefined) return fail('token_missing');
    const claims = await this.#verifier.verify(token);
    if (!claims.ok) return claims;
    return claims.value.expiresAtMs - this.#clock.wallMs() > LONGEST_MS ? fail('token_invalid') : ok(undefined);
  }

  /** Issues tokens for another process, which may accept one of them. The first is the most likely one. */
  async issueTokens(): Promise<string[]> {
    if (this.#keys.length === 0) return [];
    const { SignJWT } = await import('jose');
    const expiresAtSeconds = Math.floor(this.#clock.wallMs() / 1000) + LIFETIME_SECONDS;
    const sign = (key: string) =>
      new SignJWT().setProtectedHeader({ alg: 'HS256' }).setExpirationTime(expiresAtSeconds).sign(Buffer.from(key));
    return Promise.all(this.#keys.map(sign));
  }
}

const keyOf = (secret: string): string => createHmac('sha256', secret).update('presence handover').digest('hex');
