import type { Claims, TokenVerifier } from '../../auth/tokens.js';
import { applyClaims, checkClaims, verifyClaims } from '../../auth/visitor-claims.js';
import type { HeartbeatLimits } from '../../limits/heartbeat-limits.js';
import type { Counters } from '../../metrics/counters.js';
import type { Presence } from '../../presence/presence.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { readHit, readLeave } from '../../protocol/heartbeat.js';
import type { JsonObject } from '../../protocol/json.js';
import type { Clock } from '../../runtime/clock.js';
import { answerError, answerOk } from '../answer.js';
import { readJsonBody } from '../body.js';
import type { Context, Handler } from '../context.js';
import { rateLimitHeaders, retryAfter } from '../retry-after.js';

/** What takes heartbeats and leaves: presence itself, or a replica that also publishes them to other instances. */
export type Tracker = Pick<Presence, 'hit' | 'leave'>;

/** What the heartbeat and leave handlers work with. */
export interface HeartbeatDependencies {
  readonly tracker: Tracker;
  readonly clock: Clock;
  readonly random: () => number;
  readonly maxBodyBytes: number;
  /** Verifies the tokens of heartbeats; undefined when heartbeats need none. */
  readonly verifier: TokenVerifier | undefined;
  readonly limits: HeartbeatLimits;
  readonly counters: Counters;
}

/** A rejected heartbeat or leave, with further headers for the answer, names and values in turn. */
interface Rejection {
  readonly code: ErrorCode;
  readonly headers?: readonly string[];
}

/** Handles the body of a request. `claims` is undefined where no token is needed. @returns undefined on success */
type Take = (body: JsonObject, claims: Claims | undefined, context: Context) => Rejection | undefined;

/** `POST /v1/hit`: takes a heartbeat. */
export function createHitHandler(dependencies: HeartbeatDependencies): Handler {
  const { tracker, clock, limits, random, counters } = dependencies;
  return createBodyHandler(dependencies, (body, claims, { request }) => {
    const claimed = readHit(body, clock);
    const hit = claimed.ok && claims !== undefined ? applyClaims(claimed.value, claims) : claimed;
    if (!hit.ok) return { code: hit.error };
    const limit = limits.take(hit.value.uid, request);
    if (limit !== undefined) return { code: 'too_many_hits', headers: rateLimitHeaders(limit) };
    const refusal = tracker.hit(hit.value, clock.nowMs());
    if (refusal !== undefined) return { code: refusal, headers: retryAfter(random) };
    counters.heartbeats++;
    return undefined;
  });
}

/** `POST /v1/leave`: takes a leave. */
export function createLeaveHandler(dependencies: HeartbeatDependencies): Handler {
  const { tracker, clock, limits, counters } = dependencies;
  return createBodyHandler(dependencies, (body, claims, { request }) => {
    const claimed = readLeave(body);
    const leave = claimed.ok && claims !== undefined ? checkClaims(claimed.value, claims) : claimed;
    if (!leave.ok) return { code: leave.error };
    const limit = limits.take(leave.value.uid, request);
    if (limit !== undefined) return { code: 'too_many_hits', headers: rateLimitHeaders(limit) };
    tracker.leave(leave.value, clock.nowMs());
    counters.leaves++;
    return undefined;
  });
}

/** Reads the JSON body and, where tokens are needed, verifies the token. Answers ok unless `take` returns a rejection. */
function createBodyHandler({ maxBodyBytes, verifier }: HeartbeatDependencies, take: Take): Handler {
  return async (context) => {
    const { request } = context;
    const body = await readJsonBody(request, maxBodyBytes);
    if (!body.ok) return answerError(context, body.error);
    const claims = verifier && (await verifyClaims(verifier, request.headers.authorization, body.value));
    if (claims?.ok === false) return answerError(context, claims.error);
    const rejection = take(body.value, claims?.value, context);
    return rejection === undefined ? answerOk(context) : answerError(context, rejection.code, rejection.headers);
  };
}
