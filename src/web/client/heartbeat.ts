import type { HitRequest, LeaveRequest } from '../../protocol/messages.js';
import type { Visitor } from './api.js';

/** The service's answer to a heartbeat or leave. */
export interface Answer {
  readonly status: number;
  /** The error's message; empty when there is none. */
  readonly message: string;
  readonly retryAfterSeconds: number | undefined;
}

/** What the heartbeats need from the page. */
export interface Ports {
  /** Posts a body. Rejects when no answer arrives. */
  post(path: string, body: HitRequest | LeaveRequest): Promise<Answer>;
  /** Posts a body from a page that may be unloaded before the answer arrives. */
  beacon(path: string, body: LeaveRequest): void;
  /** Calls `wake` once after the delay. Replaces the pending call, if any. */
  schedule(delayMs: number): void;
  /** Seconds since the last input on the page. */
  idleSeconds(): number;
  /** A random number from 0 to 1. */
  random(): number;
  /** Whether the browser has a network connection. */
  isOnline(): boolean;
  /** Whether the browser has loaded the page ahead of time and the visitor has not opened it yet. */
  isPrerendering(): boolean;
  warn(message: string): void;
}

const HIT = 'v1/hit';
const LEAVE = 'v1/leave';
const FIRST_RETRY_MS = 1000;
/** Far below 2^31 ms (25 days), beyond which browsers run a timer at once. */
const MAX_DELAY_MS = 3_600_000;
/** Leaves pile up while the network is down. The oldest are dropped: those visitors have expired by then. */
const MAX_PENDING_LEAVES = 20;
/** A page cannot see that CORS is why a request fails, so the hint waits until a short outage is unlikely. */
const FAILURES_UNTIL_HINT = 4;

/** The heartbeats of one page. */
export interface Heartbeat {
  /** Sends the heartbeat that was scheduled. */
  wake(): void;
  /** Sends a heartbeat now, or after the one in flight. Does nothing while the service's rate limit applies. */
  beat(): void;
  /** Continues with another uid, room, info or token. Resumes after a refusal, since the new values may be accepted. */
  update(next: Visitor): void;
  /** Sends all leaves by beacon, as the page is being hidden; it may return from the back/forward cache. */
  pause(): void;
  /** Continues after `pause`. */
  resume(): void;
  /** Sends a leave and ends the heartbeats. */
  stop(): void;
}

/**
 * Sends heartbeats once `beat` is called, and a leave when the page closes or the visitor changes. A closure rather than a
 * class: for old browsers each private member of a class would be a WeakMap, and the script a seventh larger.
 */
export function createHeartbeat(
  ports: Ports,
  visitor: Visitor,
  options: { readonly intervalMs: number; readonly session: string },
): Heartbeat {
  const intervalMs = Math.min(options.intervalMs, MAX_DELAY_MS);
  const pendingLeaves: LeaveRequest[] = [];
  let current = visitor;
  let state: 'running' | 'paused' | 'refused' | 'stopped' = 'running';
  let isSending = false;
  let isDue = false;
  /** The service has answered 429. Only `wake` ends this, so that events of the page do not cut the wait short. */
  let isRateLimited = false;
  let failures = 0;

  const bodyOf = <Body extends HitRequest | LeaveRequest>(body: Body): Body => ({ ...body, session: options.session });

  function beat(): void {
    if (state !== 'running' || isRateLimited || ports.isPrerendering()) return;
    isDue = true;
    if (!isSending) void send();
  }

  async function send(): Promise<void> {
    isSending = true;
    while (isDue && state === 'running' && !isRateLimited) {
      isDue = false;
      ports.schedule(await sendOnce());
    }
    isSending = false;
  }

  /** Sends the pending leaves and one heartbeat. @returns the delay until the next heartbeat, in milliseconds */
  async function sendOnce(): Promise<number> {
    try {
      for (let leave = pendingLeaves[0]; leave !== undefined; leave = pendingLeaves[0]) {
        await ports.post(LEAVE, leave);
        // `pause` may have sent and removed it meanwhile.
        if (pendingLeaves[0] === leave) pendingLeaves.shift();
      }
      // A heartbeat after the leave of `pause` would make the visitor appear again.
      if (state !== 'running') return intervalMs;
      const { uid, room, info, token } = current;
      const idleFor = Math.round(ports.idleSeconds() * 10) / 10;
      return delayAfter(await ports.post(HIT, bodyOf({ uid, room, info, idle_for: idleFor, token })));
    } catch {
      return retryDelayMs();
    }
  }

  function delayAfter({ status, message, retryAfterSeconds }: Answer): number {
    if (status === 429) {
      isRateLimited = true;
      return Math.min(Math.max(1000 * (retryAfterSeconds ?? 0), intervalMs), MAX_DELAY_MS);
    }
    if (status === 408 || status >= 500) return retryDelayMs();
    failures = 0;
    if (status >= 400) {
      if (state === 'running') state = 'refused';
      ports.warn(`stopped, as the service answered ${status}. ${message}`);
    }
    return intervalMs;
  }

  /** Exponential backoff up to the interval, with jitter, since all pages lose the service at the same time. */
  function retryDelayMs(): number {
    failures++;
    if (failures === FAILURES_UNTIL_HINT && ports.isOnline()) {
      ports.warn('cannot reach the service and keeps trying. Does its CORS_ALLOW_ORIGIN name the origin of this page?');
    }
    const delayMs = Math.min(intervalMs, FIRST_RETRY_MS * 2 ** failures);
    return delayMs * (0.5 + ports.random() / 2);
  }

  function pause(): void {
    if (state !== 'running') return;
    state = 'paused';
    const { uid, token } = current;
    for (const leave of pendingLeaves.splice(0)) ports.beacon(LEAVE, leave);
    ports.beacon(LEAVE, bodyOf({ uid, token }));
  }

  return {
    beat,
    pause,
    wake() {
      isRateLimited = false;
      beat();
    },
    update(next) {
      const { uid, room, token } = current;
      if (next.uid !== uid) pendingLeaves.push(bodyOf({ uid, token }));
      else if (room !== undefined && next.room !== room) pendingLeaves.push(bodyOf({ uid, room, token }));
      if (pendingLeaves.length > MAX_PENDING_LEAVES) pendingLeaves.shift();
      current = next;
      if (state === 'refused') state = 'running';
      beat();
    },
    resume() {
      if (state === 'paused') state = 'running';
      beat();
    },
    stop() {
      pause();
      state = 'stopped';
    },
  };
}
