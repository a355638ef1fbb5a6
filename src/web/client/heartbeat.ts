import type { HitRequest, LeaveRequest, ViewRequest } from '../../protocol/messages.js';
import type { Visitor } from './api.js';
import { createBackoff } from './backoff.js';
import type { Answer, Ports } from './ports.js';
import { safely } from './safely.js';
import { createTokenSource } from './token-source.js';

const HIT = 'v1/hit';
const LEAVE = 'v1/leave';
/** Until the service has said how often it asks for heartbeats. */
const DEFAULT_INTERVAL_MS = 30_000;
const MIN_INTERVAL_MS = 100;
/** Far below 2^31 ms (25 days), beyond which browsers run a timer at once. */
const MAX_DELAY_MS = 3_600_000;
/** A backend that gives no token, as the person has signed out, is not asked at every interval. */
const MAX_TOKEN_RETRY_MS = 300_000;
/** An event of the page within this time after a heartbeat needs no other one: browsers send several events at a return. */
const RECENT_MS = 1000;
/** The answer to one heartbeat in so many carries the interval, so that the others stay small. */
const BEATS_PER_VIEW = 10;
/** Leaves pile up while the network is down. The oldest are dropped: those visitors have expired by then. */
const MAX_PENDING_LEAVES = 20;
/** A page cannot see that CORS is why a request fails, so the hint waits until a short outage is unlikely. */
const FAILURES_UNTIL_HINT = 4;
/** The body is invalid or too large, perhaps because of the view. */
const VIEW_REFUSALS = [400, 413];
const HINTS = {
  service: 'cannot reach the service and keeps trying. Does its CORS_ALLOW_ORIGIN name the origin of this page?',
  token: 'gets no token and keeps trying.',
};

/** The heartbeats of one page. */
export interface Heartbeat {
  /** The time between heartbeats, in milliseconds. */
  intervalMs(): number;
  /** Whether heartbeats are sent: false after a refusal, and while the page is left. */
  isRunning(): boolean;
  /** Sends the heartbeat that was scheduled. */
  wake(): void;
  /** Sends a heartbeat now, or after the one in flight. Does nothing while the service's rate limit applies. */
  beat(): void;
  /** Sends a heartbeat unless one has been answered within the last second, or is in flight and succeeds. */
  beatUnlessRecent(): void;
  /** Continues with another uid, room, info or token. Resumes after a refusal, since the new values may be accepted. */
  update(next: Visitor): void;
  /** Sends all leaves, as the page is being hidden; it may return from the back/forward cache. */
  pause(): void;
  /** Continues after `pause`. Does nothing on a page that was not paused. */
  resume(): void;
  /** Sends a leave and ends the heartbeats. */
  stop(): void;
}

/**
 * Sends heartbeats once `beat` is called, and a leave when the page closes or the visitor changes. A closure rather than a
 * class: for old browsers each private member of a class would be a WeakMap, and the script a seventh larger.
 *
 * @param options.maxIntervalMs the interval when the service asks for a longer one; `Infinity` to follow the service
 */
export function createHeartbeat(
  ports: Ports,
  visitor: Visitor,
  options: { readonly maxIntervalMs: number; readonly session: string },
): Heartbeat {
  const pendingLeaves: LeaveRequest[] = [];
  const tokens = createTokenSource(ports.getToken, ports.nowMs);
  const backoff = createBackoff(ports.random);
  let current = visitor;
  let state: 'running' | 'paused' | 'refused' | 'stopped' = 'running';
  let isSending = false;
  let isDue = false;
  /** A heartbeat was asked for while one was in flight, and is needed only if that one fails. */
  let isDueOnFailure = false;
  /** The service has answered 429. Only `wake` ends this, so that events of the page do not cut the wait short. */
  let isRateLimited = false;
  /** Whether heartbeats may carry what the elements of the page ask for. */
  let isViewAccepted = true;
  let serviceIntervalMs = DEFAULT_INTERVAL_MS;
  let answered = 0;
  let answeredAtMs = 0;

  const intervalMs = () =>
    Math.min(Math.max(Math.min(options.maxIntervalMs, serviceIntervalMs), MIN_INTERVAL_MS), MAX_DELAY_MS);
  const bodyOf = <Body extends HitRequest | LeaveRequest>(body: Body): Body => ({ ...body, session: options.session });
  const isStill = (visitor: Visitor) => state === 'running' && current === visitor;

  function beat(): void {
    if (state !== 'running' || isRateLimited || ports.isPrerendering()) return;
    isDue = true;
    if (!isSending) void send();
  }

  function beatUnlessSending(): void {
    if (isSending) isDueOnFailure = true;
    else beat();
  }

  async function send(): Promise<void> {
    isSending = true;
    while (isDue && state === 'running' && !isRateLimited) {
      isDue = isDueOnFailure = false;
      ports.schedule(await sendOnce());
    }
    isSending = false;
  }

  /** Sends the pending leaves and one heartbeat. @returns the delay until the next heartbeat, in milliseconds */
  async function sendOnce(): Promise<number> {
    let awaited: keyof typeof HINTS = 'service';
    try {
      for (let leave = pendingLeaves[0]; leave !== undefined; leave = pendingLeaves[0]) {
        await ports.post(LEAVE, leave);
        // `pause` may have sent and removed it meanwhile.
        if (pendingLeaves[0] === leave) pendingLeaves.shift();
      }
      const visitor = current;
      for (let isRenewed = false; ; isRenewed = true) {
        awaited = 'token';
        const token = tokens.isDue(visitor) ? await tokens.fresh(visitor) : tokens.held(visitor);
        // A heartbeat after the leave of `pause` would make the visitor appear again. An update has made another one due.
        if (!isStill(visitor)) return intervalMs();
        awaited = 'service';
        const asker = isViewAccepted ? ports.asker() : undefined;
        const view = safely(() => asker?.next(visitor.room));
        const answer = await ports.post(HIT, hitOf(visitor, token, view));
        if (view) {
          isViewAccepted = !VIEW_REFUSALS.includes(answer.status);
          if (answer.view || !isViewAccepted) safely(() => asker?.receive(answer.view));
          // The heartbeat matters more than what the page shows: it is sent again without.
          if (!isViewAccepted) {
            isDue = true;
            return intervalMs();
          }
        }
        awaited = 'token';
        if (answer.status !== 401 || isRenewed || !(await tokens.renew(visitor))) return delayAfter(answer, visitor);
      }
    } catch {
      return retryDelayMs(awaited);
    }
  }

  function hitOf(
    { uid, room, info, invisible }: Visitor,
    token: string | undefined,
    view: ViewRequest | undefined,
  ): HitRequest {
    const idleFor = Math.round(ports.idleSeconds() * 10) / 10;
    return bodyOf({
      uid,
      room,
      info,
      invisible,
      idle_for: idleFor,
      token,
      view: view ?? (answered % BEATS_PER_VIEW === 0 ? {} : undefined),
    });
  }

  function delayAfter({ status, message, retryAfterSeconds, intervalSeconds }: Answer, visitor: Visitor): number {
    if (status === 429) {
      isRateLimited = true;
      return Math.min(Math.max(1000 * (retryAfterSeconds ?? 0), intervalMs()), MAX_DELAY_MS);
    }
    if (status === 408 || status >= 500) return retryDelayMs('service');
    backoff.reset();
    if (status < 400) {
      answered++;
      answeredAtMs = ports.nowMs();
      serviceIntervalMs = 1000 * (intervalSeconds ?? 0) || serviceIntervalMs;
    } else if (isStill(visitor)) {
      state = 'refused';
      ports.warn(`stopped, as the service answered ${status}. ${message}`);
    }
    return intervalMs();
  }

  function retryDelayMs(awaited: keyof typeof HINTS): number {
    isDue ||= isDueOnFailure;
    const delayMs = backoff.fail(awaited === 'token' ? Math.max(MAX_TOKEN_RETRY_MS, intervalMs()) : intervalMs());
    if (backoff.failures() === FAILURES_UNTIL_HINT && ports.isOnline()) ports.warn(HINTS[awaited]);
    return delayMs;
  }

  function pause(): void {
    if (state !== 'running') return;
    state = 'paused';
    const leaves = [...pendingLeaves.splice(0), bodyOf({ uid: current.uid, token: tokens.held(current) })];
    for (const leave of leaves) {
      ports.postLast(LEAVE, leave).catch(() => {
        // After a return, a late leave would make the visitor disappear.
        if (state !== 'running') ports.beacon(LEAVE, leave);
      });
    }
  }

  return {
    intervalMs,
    isRunning: () => state === 'running',
    beat,
    pause,
    beatUnlessRecent() {
      // The clock may have been set back.
      if (Math.abs(ports.nowMs() - answeredAtMs) >= RECENT_MS) beatUnlessSending();
    },
    wake() {
      isRateLimited = false;
      beatUnlessSending();
    },
    update(next) {
      const { uid, room } = current;
      const token = tokens.held(current);
      if (next.uid !== uid) pendingLeaves.push(bodyOf({ uid, token }));
      else if (room !== undefined && next.room !== room) pendingLeaves.push(bodyOf({ uid, room, token }));
      if (pendingLeaves.length > MAX_PENDING_LEAVES) pendingLeaves.shift();
      current = next;
      if (state === 'refused') state = 'running';
      beat();
    },
    resume() {
      if (state !== 'paused') return;
      state = 'running';
      beat();
    },
    stop() {
      pause();
      state = 'stopped';
    },
  };
}
