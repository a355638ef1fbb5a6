import type { Visitor } from '../../src/web/client/api.js';
import { type Answer, createHeartbeat, type Heartbeat, type Ports } from '../../src/web/client/heartbeat.js';

type Request = { readonly path: string; readonly body: Record<string, unknown> };

/** A page that records what the heartbeats do, and a service that gives the answers of the test. */
export interface HeartbeatPage {
  /** The next answers; OK when there are none left. A promise is an answer that is under way; 'nothing' is a network error. */
  answers: (Answer | Promise<Answer> | 'nothing')[];
  sent: Request[];
  readonly beacons: Request[];
  readonly delaysMs: number[];
  readonly warnings: string[];
  isOnline: boolean;
}

export const OK: Answer = { status: 200, message: '', retryAfterSeconds: undefined };

/** An error of the service. */
export const refusal = (status: number, retryAfterSeconds?: number): Answer => ({
  status,
  message: 'Do it right.',
  retryAfterSeconds,
});

/** Creates the heartbeats of a page, every 30 seconds. @param randomValue what decides about jitter, from 0 to 1 */
export function createPage(
  visitor: Visitor = { uid: 'ada' },
  randomValue = 1,
): { page: HeartbeatPage; heartbeat: Heartbeat } {
  const page: HeartbeatPage = { answers: [], sent: [], beacons: [], delaysMs: [], warnings: [], isOnline: true };
  const ports: Ports = {
    post: async (path, body) => {
      page.sent.push({ path, body: JSON.parse(JSON.stringify(body)) });
      const answer = page.answers.shift() ?? OK;
      if (answer === 'nothing') throw new TypeError('Failed to fetch');
      return answer;
    },
    beacon: (path, body) => page.beacons.push({ path, body: JSON.parse(JSON.stringify(body)) }),
    schedule: (delayMs) => page.delaysMs.push(delayMs),
    idleSeconds: () => 12.34,
    random: () => randomValue,
    isOnline: () => page.isOnline,
    isPrerendering: () => false,
    warn: (message) => page.warnings.push(message),
  };
  return { page, heartbeat: createHeartbeat(ports, visitor, { intervalMs: 30_000, session: 's1' }) };
}

/** Waits until all promises that can settle have done so. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Paths and uids of requests, one line each. */
export const linesOf = (requests: readonly Request[]) => requests.map(({ path, body: { uid } }) => `${path} ${uid}`);
