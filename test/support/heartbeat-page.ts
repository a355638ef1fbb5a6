import type { GetToken, Visitor } from '../../src/web/client/api.js';
import { createHeartbeat, type Heartbeat } from '../../src/web/client/heartbeat.js';
import type { Answer, Ports, ViewAsker } from '../../src/web/client/ports.js';

type Request = { readonly path: string; readonly body: Record<string, unknown> };

/** A page that records what the heartbeats do, and a service that gives the answers of the test. */
export interface HeartbeatPage {
  /** The next answers; OK when there are none left. A promise is an answer that is under way; 'nothing' is a network error. */
  answers: (Answer | Promise<Answer> | 'nothing')[];
  sent: Request[];
  /** What was posted as the page was being hidden. */
  readonly lastSent: Request[];
  readonly beacons: Request[];
  readonly delaysMs: number[];
  readonly warnings: string[];
  isOnline: boolean;
  /** The wall clock, in Unix milliseconds. */
  nowMs: number;
  getToken: GetToken;
  /** The elements of the page. */
  asker: ViewAsker | undefined;
}

export const OK: Answer = { status: 200, message: '', retryAfterSeconds: undefined, intervalSeconds: undefined };

/** An error of the service. */
export const refusal = (status: number, retryAfterSeconds?: number): Answer => ({
  status,
  message: 'Do it right.',
  retryAfterSeconds,
  intervalSeconds: undefined,
});

/** An answer that asks for heartbeats in this interval. */
export const okWithInterval = (intervalSeconds: number): Answer => ({ ...OK, intervalSeconds });

/**
 * Creates the heartbeats of a page, every 30 seconds.
 *
 * @param randomValue what decides about jitter, from 0 to 1
 * @param maxIntervalMs the interval that the page asks for
 * @param hasBackend whether there is a backend that gives tokens
 */
export function createPage(
  visitor: Visitor = { uid: 'ada' },
  randomValue = 1,
  maxIntervalMs = Number.POSITIVE_INFINITY,
  hasBackend = true,
): { page: HeartbeatPage; heartbeat: Heartbeat } {
  const page: HeartbeatPage = {
    answers: [],
    sent: [],
    lastSent: [],
    beacons: [],
    delaysMs: [],
    warnings: [],
    isOnline: true,
    nowMs: 1_795_520_000_000,
    getToken: () => undefined,
    asker: undefined,
  };
  const answerTo =
    (list: () => Request[]): Ports['post'] =>
    async (path, body) => {
      list().push({ path, body: JSON.parse(JSON.stringify(body)) });
      const answer = page.answers.shift() ?? OK;
      if (answer === 'nothing') throw new TypeError('Failed to fetch');
      return answer;
    };
  const ports: Ports = {
    post: answerTo(() => page.sent),
    postLast: answerTo(() => page.lastSent),
    beacon: (path, body) => page.beacons.push({ path, body: JSON.parse(JSON.stringify(body)) }),
    schedule: (delayMs) => page.delaysMs.push(delayMs),
    idleSeconds: () => 12.34,
    random: () => randomValue,
    nowMs: () => page.nowMs,
    getToken: hasBackend ? (uid) => page.getToken(uid) : undefined,
    asker: () => page.asker,
    isOnline: () => page.isOnline,
    isPrerendering: () => false,
    warn: (message) => page.warnings.push(message),
  };
  return { page, heartbeat: createHeartbeat(ports, visitor, { maxIntervalMs, session: 's1' }) };
}

/** Waits until all promises that can settle have done so. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Paths and uids of requests, one line each. */
export const linesOf = (requests: readonly Request[]) => requests.map(({ path, body: { uid } }) => `${path} ${uid}`);
