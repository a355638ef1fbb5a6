import type { Claims, TokenVerifier } from '../../auth/tokens.js';
import { claimsOf, vouch, vouchHit } from '../../auth/visitor-claims.js';
import type { HitLimits } from '../../limits/heartbeat-limits.js';
import type { Counters } from '../../metrics/counters.js';
import type { Presence } from '../../presence/presence.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { readHit, readLeave } from '../../protocol/heartbeat.js';
import { type JsonObject, parseJsonObject } from '../../protocol/json.js';
import type { Clock } from '../../runtime/clock.js';
import { readBody } from '../body.js';
import { answerError, type Context } from '../context.js';
import { rateLimitHeaders, retryAfter } from '../retry-after.js';
import { guard, guardLater, type Handler, type RouterDependencies } from '../router.js';
import { answerOk } from './health.js';

/** What taking a heartbeat or goodbye needs. */
export interface HitDependencies {
  /** Takes what was tracker. */
  readonly tracker: Pick<Presence, 'hit' | 'leave'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly maxBodyBytes: number;
  /** Checks the tokens that heartbeats need; undefined when they need none. */
  readonly verifier: TokenVerifier | undefined;
  readonly limits: HitLimits;
  readonly counters: Counters;
  readonly onFault: RouterDependencies['onFault'];
}

/** What becomes of a heartbeat or goodbye; `claims` is undefined where no token is needed. */
type Take = (body: JsonObject, claims: Claims | undefined, context: Context) => ErrorCode | Refused | undefined;

/** A refusal with headers of its own, names and values in turn. */
interface Refused {
  readonly code: ErrorCode;
  readonly headers: readonly string[];
}

/** `POST /v1/hit`: takes a heartbeat. */
export function createHitHandler(dependencies: HitDependencies): Handler {
  const { tracker, clock, limits, random, counters } = dependencies;
  return createBodyHandler(dependencies, (body, claims, { request }) => {
    const claimed = readHit(body, clock);
    if (typeof claimed === 'string') return claimed;
    const hit = claims === undefined ? claimed : vouchHit(claimed, claims);
    if (typeof hit === 'string') return hit;
    const limited = limits.check(hit.uid, request);
    if (limited !== undefined) return { code: 'too_many_hits', headers: rateLimitHeaders(limited) };
    const refusal = tracker.hit(hit, clock.nowMs());
    if (refusal !== undefined) return { code: refusal, headers: retryAfter(random) };
    counters.heartbeats++;
    return undefined;
  });
}

/** `POST /v1/leave`: takes a goodbye. */
export function createLeaveHandler(dependencies: HitDependencies): Handler {
  const { tracker, clock, limits, counters } = dependencies;
  return createBodyHandler(dependencies, (body, claims, { request }) => {
    const leave = readLeave(body);
    if (typeof leave === 'string') return leave;
    const problem = claims === undefined ? undefined : vouch(leave, claims);
    if (problem !== undefined) return problem;
    const limited = limits.check(leave.uid, request);
    if (limited !== undefined) return { code: 'too_many_hits', headers: rateLimitHeaders(limited) };
    tracker.leave(leave, clock.nowMs());
    counters.leaves++;
    return undefined;
  });
}

/** Reads a JSON object and, where needed, its token, and answers with ok, unless `take` gives back an error. */
function createBodyHandler({ maxBodyBytes, verifier, onFault }: HitDependencies, take: Take): Handler {
  const finish = (context: Context, body: JsonObject, claims: Claims | ErrorCode | undefined) => {
    const error = typeof claims === 'string' ? claims : take(body, claims, context);
    if (error === undefined) answerOk(context);
    else if (typeof error === 'string') answerError(context, error);
    else answerError(context, error.code, error.headers);
  };
  return (context) =>
    readBody(context.request, maxBodyBytes, (bytes) =>
      guard(context, onFault, () => {
        const body = typeof bytes === 'string' ? bytes : parseJsonObject(bytes);
        if (typeof body === 'string') return answerError(context, body);
        if (verifier === undefined) return finish(context, body, undefined);
        const claims = claimsOf(verifier, context.request.headers.authorization, body);
        if (!(claims instanceof Promise)) return finish(context, body, claims);
        guardLater(context, onFault, claims, (verified) => finish(context, body, verified));
      }),
    );
}
