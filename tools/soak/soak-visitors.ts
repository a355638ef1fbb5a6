import { Agent, request } from 'node:http';
import type { Oracle } from './oracle.js';

const HEARTBEAT_MS = 30_000;
const STEP_MS = 100;
/** Shares of the crowd that go each minute, with a goodbye and without. */
const LEAVING = 0.03;
const VANISHING = 0.02;

/**
 * Visitors who beat, go and are followed by others, wherever the service is now.
 *
 * @returns what stops them
 */
export function startVisitors(count: number, url: () => string, oracle: Oracle): () => void {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const post = (path: string, uid: string, onOk: () => void) => {
    const outgoing = request(url() + path, { method: 'POST', agent });
    outgoing.on('error', () => {});
    outgoing.on('response', (response) => {
      response.resume();
      if (response.statusCode === 200) onOk();
    });
    outgoing.end(JSON.stringify({ uid }));
  };
  let born = 0;
  const visitors = Array.from({ length: count }, () => ({
    uid: `visitor-${born++}`,
    nextMs: performance.now() + Math.random() * HEARTBEAT_MS,
  }));
  const beat = (visitor: (typeof visitors)[number]) => {
    visitor.nextMs = performance.now() + HEARTBEAT_MS * (0.9 + Math.random() * 0.1);
    oracle.hitSent(visitor.uid);
    post('/v1/hit', visitor.uid, () => oracle.hitAnswered(visitor.uid));
  };
  const chance = (share: number) => Math.random() < (share * STEP_MS) / 60_000;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const visitor of visitors) {
      if (chance(LEAVING)) {
        const { uid } = visitor;
        oracle.leaveSent(uid);
        post('/v1/leave', uid, () => oracle.leaveAnswered(uid));
        visitor.uid = `visitor-${born++}`;
        visitor.nextMs = nowMs;
      } else if (chance(VANISHING)) {
        visitor.uid = `visitor-${born++}`;
        visitor.nextMs = nowMs;
      }
      if (nowMs >= visitor.nextMs) beat(visitor);
    }
  }, STEP_MS);
  return () => {
    clearInterval(timer);
    agent.destroy();
  };
}
