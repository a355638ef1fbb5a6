import type { TokenVerifier } from '../../auth/tokens.js';
import { tokenViewAccess, visibleParts } from '../../auth/view-access.js';
import { applyClaims, checkClaims, type VisitorClaims, verifyClaims } from '../../auth/visitor-claims.js';
import type { HeartbeatLimits } from '../../limits/heartbeat-limits.js';
import type { Arrivals } from '../../metrics/arrivals.js';
import type { Counters } from '../../metrics/counters.js';
import type { Presence } from '../../presence/presence.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { readHit, readLeave } from '../../protocol/heartbeat.js';
import { type JsonObject, parseJsonObject } from '../../protocol/json.js';
import { fail, ok, type Result } from '../../protocol/result.js';
import { readView, type ViewGrant } from '../../protocol/view.js';
import type { Clock } from '../../runtime/clock.js';
import type { Views } from '../../streams/views.js';
import { answerError, answerJson, answerOk } from '../answer.js';
import { readBody } from '../body.js';
import type { Context, Handler } from '../context.js';
import { rateLimitHeaders, retryAfter } from '../retry-after.js';

/** What takes heartbeats and leaves: presence itself, or a replica that also publishes them to other instances. */
export type Tracker = Pick<Presence, 'hit' | 'leave'> & { erase(uid: string, nowMs: number): void };

/** What the heartbeat and leave handlers work with. */
export interface HeartbeatDependencies {
  readonly tracker: Tracker;
  readonly clock: Clock;
  readonly random: () => number;
  readonly maxBodyBytes: number;
  /** The interval that pages are asked to keep. */
  readonly heartbeatSeconds: number;
  readonly views: Views;
  /** What everybody may see in a view. */
  readonly publicView: ViewGrant;
  /** Verifies the tokens of heartbeats; undefined when heartbeats need none. */
  readonly verifier: TokenVerifier | undefined;
  readonly limits: HeartbeatLimits;
  readonly counters: Counters;
  readonly arrivals: Arrivals;
}

/** A rejected heartbeat or leave, with further headers for the answer, names and values in turn. */
interface Rejection {
  readonly code: ErrorCode;
  readonly headers?: readonly string[];
}

/** Handles the body of a request. `claims` is undefined where no token is needed. @returns the answer to a success */
type Take = (body: JsonObject, claims: VisitorClaims | undefined, context: Context) => Result<Handler, Rejection>;

/** `POST /v1/hit`: takes a heartbeat. */
export function createHitHandler(dependencies: HeartbeatDependencies): Handler {
  const { tracker, clock, limits, random, counters, arrivals, heartbeatSeconds, views, publicView } = dependencies;
  const beforeView = `{"ok":true,"interval":${heartbeatSeconds},"view":`;
  return createBodyHandler(dependencies, (message, claims, { request }) => {
    const claimed = readHit(message, clock);
    const hit = claimed.ok && claims !== undefined ? applyClaims(claimed.value, claims) : claimed;
    if (!hit.ok) return fail({ code: hit.error });
    const view = readView(message.view, hit.value.room);
    if (!view.ok) return fail({ code: view.error });
    const limit = limits.take(hit.value.uid, request);
    if (limit !== undefined) return fail({ code: 'too_many_hits', headers: rateLimitHeaders(limit) });
    const refusal = tracker.hit(hit.value, clock.nowMs());
    if (refusal !== undefined) return fail({ code: refusal, headers: retryAfter(random) });
    counters.heartbeats++;
    arrivals.countHeartbeat(request.headers);
    const query = view.value;
    if (query === undefined) return ok(answerOk);
    const access = tokenViewAccess(publicView, claims?.view ?? 'none', claims?.rooms);
    const body = `${beforeView}${views.encode(query, visibleParts(access, query.room))}}`;
    return ok((context) => answerJson(context, 200, body));
  });
}

/** `POST /v1/leave`: takes a leave. */
export function createLeaveHandler(dependencies: HeartbeatDependencies): Handler {
  const { tracker, clock, limits, counters } = dependencies;
  return createBodyHandler(dependencies, (body, claims, { request }) => {
    const claimed = readLeave(body);
    const leave = claimed.ok && claims !== undefined ? checkClaims(claimed.value, claims) : claimed;
    if (!leave.ok) return fail({ code: leave.error });
    const limit = limits.take(leave.value.uid, request);
    if (limit !== undefined) return fail({ code: 'too_many_hits', headers: rateLimitHeaders(limit) });
    tracker.leave(leave.value, clock.nowMs());
    counters.leaves++;
    return ok(answerOk);
  });
}

/** Reads the JSON body and, where tokens are needed, verifies the token. Answers as `take` says. */
function createBodyHandler({ maxBodyBytes, verifier }: HeartbeatDependencies, take: Take): Handler {
  return async (context) => {
    const { request } = context;
    const bytes = await readBody(request, maxBodyBytes);
    if (!bytes.ok) return answerError(context, bytes.error);
    const body = parseJsonObject(bytes.value);
    if (!body.ok) return answerError({ ...context, unreadableBody: bytes.value }, body.error);
    const claims = verifier && (await verifyClaims(verifier, request.headers.authorization, body.value));
    if (claims?.ok === false) return answerError(context, claims.error);
    const taken = take(body.value, claims?.value, context);
    return taken.ok ? taken.value(context) : answerError(context, taken.error.code, taken.error.headers);
  };
}
