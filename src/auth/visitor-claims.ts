import type { ErrorCode } from '../protocol/errors.js';
import { readInfo } from '../protocol/fields.js';
import type { Hit, Leave } from '../protocol/heartbeat.js';
import type { Unchecked } from '../protocol/json.js';
import type { HitRequest, LeaveRequest } from '../protocol/messages.js';
import { fail, ok, type Result } from '../protocol/result.js';
import { VIEW_LEVELS, type ViewLevel } from '../protocol/view.js';
import { bearerToken, type Claims, type TokenVerifier } from './tokens.js';

/** The claims of a visitor's token. */
export interface VisitorClaims extends Claims {
  readonly view: ViewLevel | null | undefined;
}

/**
 * The claims of a visitor's token: of the Authorization header, or of `token` in the body, since a beacon cannot set
 * headers.
 */
export async function verifyClaims(
  verifier: TokenVerifier,
  authorization: string | undefined,
  body: Unchecked<HitRequest | LeaveRequest>,
): Promise<Result<VisitorClaims, ErrorCode>> {
  const token = bearerToken(authorization) ?? body.token;
  if (token === undefined || token === null || token === '') return fail('token_missing');
  if (typeof token !== 'string') return fail('token_invalid');
  const claims = await verifier.verify(token);
  if (!claims.ok) return claims;
  return hasKnownView(claims.value) ? ok(claims.value) : fail('token_invalid');
}

/** An unknown word must not pass for no view: whoever signed it wanted to allow or to forbid something. */
const hasKnownView = (claims: Claims): claims is VisitorClaims =>
  claims.view === undefined || claims.view === null || VIEW_LEVELS.some((level) => level === claims.view);

/** Checks a hit against the claims of its token. The info of the token, if any, replaces the info of the hit. */
export function applyClaims(hit: Hit, claims: Claims): Result<Hit, ErrorCode> {
  const checked = checkClaims(hit, claims);
  if (!checked.ok || claims.info === undefined) return checked;
  const info = readInfo(claims.info);
  return info.ok ? ok({ ...hit, info: info.value }) : info;
}

/** Checks the visitor and the room of a leave, or of a hit, against the claims of its token. */
export function checkClaims<T extends Leave>(leave: T, { subject, rooms }: Claims): Result<T, ErrorCode> {
  if (subject !== leave.uid) return fail('token_wrong_uid');
  return leave.room !== undefined && rooms?.has(leave.room) === false ? fail('token_wrong_room') : ok(leave);
}
