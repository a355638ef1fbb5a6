import { createHash, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { readUid } from '../protocol/fields.js';
import type { Clock } from '../runtime/clock.js';

/** Why a token does not open anything. */
export type TokenError = 'token_invalid' | 'token_expired';

/** What a verified token says. */
export interface Claims {
  /** Whom the token is about; `undefined` when it does not say. */
  readonly subject: string | undefined;
  /** The rooms it is good for; `undefined` for all. */
  readonly rooms: ReadonlySet<string> | undefined;
  /** As the token has it, not yet looked at. */
  readonly info: unknown;
  /** When it runs out, on the wall clock, tolerance included; `Infinity` when it does not. */
  readonly expiresAtMs: number;
}

/** What a verifier verifies with. */
export interface VerifierOptions {
  /** Any of these may have signed; the first is tried first. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** How many verified tokens are remembered. */
  readonly maxRemembered?: number;
}

/** How far the clocks of those who sign may be off. */
export const CLOCK_TOLERANCE_SECONDS = 30;
/** A token takes up room in every heartbeat, and in the memory of those that were verified. */
const MAX_TOKEN_LENGTH = 4096;

/**
 * Verifies JSON Web Tokens (RFC 7519) signed with HS256 and nothing else. Remembers those that were good, so that a
 * heartbeat with the same token as the last costs no cryptography; the memory is bounded, and the oldest gives way.
 */
export class TokenVerifier {
  readonly #keys: readonly KeyObject[];
  readonly #clock: Clock;
  readonly #maxRemembered: number;
  readonly #remembered = new Map<string, Claims>();

  constructor({ secrets, clock, maxRemembered = 20_000 }: VerifierOptions) {
    this.#keys = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
    this.#clock = clock;
    this.#maxRemembered = maxRemembered;
  }

  /** What a token says that was verified before, or undefined when it has to be verified now. */
  recall(token: string): Claims | TokenError | undefined {
    const claims = this.#remembered.get(token);
    if (claims === undefined) return undefined;
    if (this.#clock.wallMs() < claims.expiresAtMs) return claims;
    this.#remembered.delete(token);
    return 'token_expired';
  }

  /** What a token says, or why it is not taken. Rejects only for faults of this process. */
  async verify(token: string): Promise<Claims | TokenError> {
    if (token.length > MAX_TOKEN_LENGTH) return 'token_invalid';
    let problem: TokenError = 'token_invalid';
    for (const key of this.#keys) {
      const outcome = await this.#verifyWith(key, token);
      if (typeof outcome !== 'string') return this.#remember(token, outcome);
      if (outcome === 'token_expired') problem = outcome;
    }
    return problem;
  }

  async #verifyWith(key: KeyObject, token: string): Promise<JWTPayload | TokenError> {
    // Where nothing is signed it is never loaded, and the service starts sooner.
    const { errors, jwtVerify } = await import('jose');
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(this.#clock.wallMs()),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'token_expired';
      if (error instanceof errors.JOSEError) return 'token_invalid';
      throw error;
    }
  }

  #remember(token: string, { sub, exp, room, rooms, info }: JWTPayload): Claims | TokenError {
    const names = [...(room === undefined ? [] : [room]), ...(Array.isArray(rooms) ? rooms : [])];
    if (!names.every((name) => typeof name === 'string') || (rooms !== undefined && !Array.isArray(rooms))) {
      return 'token_invalid';
    }
    const subject = readUid(sub);
    const claims: Claims = {
      // As in a heartbeat, a number stands for its decimal text.
      subject: subject.ok ? subject.value : undefined,
      rooms: room === undefined && rooms === undefined ? undefined : new Set(names),
      info,
      expiresAtMs: exp === undefined ? Number.POSITIVE_INFINITY : (exp + CLOCK_TOLERANCE_SECONDS) * 1000,
    };
    if (this.#remembered.size >= this.#maxRemembered) this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(token, claims);
    return claims;
  }
}

/** Whether a text is one of the secrets, in a time that tells nothing of how much of it is right. */
export function isSecret(text: string, secrets: readonly string[]): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  const given = digest(text);
  return secrets.reduce((found, secret) => timingSafeEqual(given, digest(secret)) || found, false);
}

/** The token of an `Authorization: Bearer` header (RFC 6750), or undefined. */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1];
