import type { ErrorCode } from '../protocol/errors.js';
import { readInfo } from '../protocol/fields.js';
import type { Hit, Leave } from '../protocol/heartbeat.js';
import type { Unchecked } from '../protocol/json.js';
import type { HitRequest, LeaveRequest } from '../protocol/messages.js';
import { fail, ok, type Result } from '../protocol/result.js';
import { isViewLevel, type ViewLevel } from '../protocol/view.js';
import { bearerToken, type Claims, type TokenVerifier } from './tokens.js';

/** The claims of a visitor's token. */
export interface VisitorClaims extends Claims {
  readonly view: ViewLevel | null | undefined;
  readonly invisible: boolean | null | undefined;
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
  return hasKnownValues(claims.value) ? ok(claims.value) : fail('token_invalid');
}

/** An unknown value must not count as none: whoever signed it wanted to allow or to forbid something. */
const hasKnownValues = (claims: Claims): claims is VisitorClaims => {
  const { view = null, invisible = null } = claims;
  return (view === null || isViewLevel(view)) && (invisible === null || typeof invisible === 'boolean');
};

/**
 * Checks a hit against the claims of its token. What the token says of the info, and of whether the visitor is invisible,
 * replaces what the hit says.
 */
export function applyClaims(hit: Hit, claims: VisitorClaims): Result<Hit, ErrorCode> {
  const checked = checkClaims(hit, claims);
  if (!checked.ok) return checked;
  const invisible = claims.invisible ?? hit.invisible;
  if (claims.info === undefined) return ok({ ...hit, invisible });
  const info = readInfo(claims.info);
  return info.ok ? ok({ ...hit, info: info.value, invisible }) : info;
}

/** Checks the visitor and the room of a leave, or of a hit, against the claims of its token. */
export function checkClaims<T extends Leave>(leave: T, { subject, rooms }: Claims): Result<T, ErrorCode> {
  if (subject !== leave.uid) return fail('token_wrong_uid');
  return leave.room !== undefined && rooms?.has(leave.room) === false ? fail('token_wrong_room') : ok(leave);
}
