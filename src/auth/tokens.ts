import { createHash, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { readUid } from '../protocol/fields.js';
import { fail, ok, type Result } from '../protocol/result.js';
import type { Clock } from '../runtime/clock.js';

/** Why a token is rejected. */
export type TokenError = 'token_invalid' | 'token_expired';

/** The claims of a verified token. */
export interface Claims {
  /** The visitor that the token is for; `undefined` when it names none. */
  readonly subject: string | undefined;
  /** The rooms that the token is good for; `undefined` for all. */
  readonly rooms: ReadonlySet<string> | undefined;
  /** The visitor's info as the token has it, not validated yet. */
  readonly info: unknown;
  /** How much its holder may see, not validated yet. */
  readonly view: unknown;
  /** Whether to hide the visitor, not validated yet. */
  readonly invisible: unknown;
  /** Whether the token is of a sign-in with the secret itself, not validated yet. */
  readonly operator: unknown;
  /** When the token expires, in milliseconds of the wall clock, tolerance included; `Infinity` when it does not. */
  readonly expiresAtMs: number;
}

/** What a verifier works with. */
export interface VerifierOptions {
  /** A token may be signed with any of these; the first is tried first. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** How much memory remembered tokens may take, roughly. Default: 16 MiB. */
  readonly maxRememberedBytes?: number;
}

/** How far the clocks of those who sign may be off. */
export const CLOCK_TOLERANCE_SECONDS = 30;
/** The length in characters up to which a token is accepted. */
export const MAX_TOKEN_LENGTH = 2048;
/**
 * A JWT with an HS256 signature in canonical base64url (RFC 4648, 3.5). Decoders ignore unused bits of the last character,
 * white space and padding, so one signature could be written in thousands of ways, and each would be remembered.
 */
const CANONICAL = /^[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]$/;
const DEFAULT_REMEMBERED_BYTES = 16 * 1024 * 1024;
/** What an entry takes besides the text of the token: the map's entry, the claims, and their names. */
const ENTRY_BYTES = 500;

/**
 * Verifies JSON Web Tokens (RFC 7519) signed with HS256, and with nothing else. Remembers valid tokens, so that the next
 * heartbeat with the same token needs no cryptography. The memory is bounded; the oldest token gives way.
 */
export class TokenVerifier {
  readonly #keys: readonly KeyObject[];
  readonly #clock: Clock;
  readonly #maxRememberedBytes: number;
  readonly #remembered = new Map<string, Claims>();
  #rememberedBytes = 0;

  constructor({ secrets, clock, maxRememberedBytes = DEFAULT_REMEMBERED_BYTES }: VerifierOptions) {
    this.#keys = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
    this.#clock = clock;
    this.#maxRememberedBytes = maxRememberedBytes;
  }

  /** The claims of a token, or why it is rejected. The promise rejects only for faults of this process. */
  async verify(token: string): Promise<Result<Claims, TokenError>> {
    const remembered = this.#remembered.get(token);
    if (remembered !== undefined) {
      if (this.#clock.wallMs() < remembered.expiresAtMs) return ok(remembered);
      this.#forget(token);
      return fail('token_expired');
    }
    if (token.length > MAX_TOKEN_LENGTH || !CANONICAL.test(token)) return fail('token_invalid');
    let error: TokenError = 'token_invalid';
    for (const key of this.#keys) {
      const payload = await this.#verifyWith(key, token);
      if (payload.ok) return this.#remember(token, payload.value);
      if (payload.error === 'token_expired') error = payload.error;
    }
    return fail(error);
  }

  async #verifyWith(key: KeyObject, token: string): Promise<Result<JWTPayload, TokenError>> {
    // Imported when first needed: a service without tokens starts sooner.
    const { errors, jwtVerify } = await import('jose');
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(this.#clock.wallMs()),
      });
      return ok(payload);
    } catch (error) {
      if (error instanceof errors.JWTExpired) return fail('token_expired');
      if (error instanceof errors.JOSEError) return fail('token_invalid');
      throw error;
    }
  }

  #remember(token: string, { sub, exp, room, rooms, ...others }: JWTPayload): Result<Claims, TokenError> {
    const names = [...(room === undefined ? [] : [room]), ...(Array.isArray(rooms) ? rooms : [])];
    if (!names.every((name) => typeof name === 'string') || (rooms !== undefined && !Array.isArray(rooms))) {
      return fail('token_invalid');
    }
    const subject = readUid(sub);
    const claims: Claims = {
      // As in a heartbeat, a number stands for its decimal text.
      subject: subject.ok ? subject.value : undefined,
      rooms: room === undefined && rooms === undefined ? undefined : new Set(names),
      info: others.info,
      view: others.view,
      invisible: others.invisible,
      operator: others.operator,
      expiresAtMs: exp === undefined ? Number.POSITIVE_INFINITY : (exp + CLOCK_TOLERANCE_SECONDS) * 1000,
    };
    if (!this.#remembered.has(token)) this.#rememberedBytes += bytesOf(token);
    this.#remembered.set(token, claims);
    while (this.#rememberedBytes > this.#maxRememberedBytes) this.#forget(this.#remembered.keys().next().value!);
    return ok(claims);
  }

  #forget(token: string): void {
    if (this.#remembered.delete(token)) this.#rememberedBytes -= bytesOf(token);
  }
}

/** The claims of a token take at most about as much as its text. */
const bytesOf = (token: string): number => ENTRY_BYTES + 2 * token.length;

/** Whether a text is one of the secrets. The time it takes does not depend on how much of the text is right. */
export function isSecret(text: string, secrets: readonly string[]): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  const given = digest(text);
  return secrets.reduce((found, secret) => timingSafeEqual(given, digest(secret)) || found, false);
}

/** The token of an `Authorization: Bearer` header (RFC 6750), or undefined. */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1];
