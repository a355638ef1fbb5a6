import { readInfo } from '../protocol/fields.js';
import type { Hit, Leave } from '../protocol/heartbeat.js';
import type { JsonObject } from '../protocol/json.js';
import { bearerToken, type Claims, type TokenError, type TokenVerifier } from './tokens.js';

/** Why a heartbeat or goodbye was not believed. */
export type VisitorError =
  | TokenError
  | 'token_missing'
  | 'token_wrong_uid'
  | 'token_wrong_room'
  | 'info_invalid'
  | 'info_too_large';

/**
 * The claims of whoever sends a heartbeat or goodbye, from the Authorization header, or from the body, as a beacon cannot
 * set headers.
 *
 * @returns a promise only when the token has to be verified; a known one costs no turn of the event loop
 */
export function claimsOf(
  verifier: TokenVerifier,
  authorization: string | undefined,
  body: JsonObject,
): Claims | VisitorError | Promise<Claims | VisitorError> {
  const token = bearerToken(authorization) ?? body.token;
  if (token === undefined || token === null || token === '') return 'token_missing';
  if (typeof token !== 'string') return 'token_invalid';
  return verifier.recall(token) ?? verifier.verify(token);
}

/** The hit as far as its claims bear it out: the token's uid and rooms must fit, and its info stands in for the hit's. */
export function vouchHit(hit: Hit, claims: Claims): Hit | VisitorError {
  const problem = vouch(hit, claims);
  if (problem !== undefined) return problem;
  if (claims.info === undefined) return hit;
  const info = readInfo(claims.info);
  return info.ok ? { ...hit, info: info.value } : (info.error as 'info_invalid' | 'info_too_large');
}

/** Why a goodbye is not borne out by its claims, if so. */
export function vouch({ uid, room }: Hit | Leave, { subject, rooms }: Claims): VisitorError | undefined {
  if (subject !== uid) return 'token_wrong_uid';
  return room !== undefined && rooms !== undefined && !rooms.has(room) ? 'token_wrong_room' : undefined;
}
