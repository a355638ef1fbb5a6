import { JsonClient } from '../../bench/support/json-client.js';
import type { Oracle } from './oracle.js';

const HEARTBEAT_MS = 30_000;
const STEP_MS = 100;
const MS_PER_MINUTE = 60_000;
const MAX_SOCKETS = 32;
/** Share of the visitors that leaves each minute. */
const LEAVING_SHARE = 0.03;
/** Share of the visitors that stops without a leave each minute. */
const VANISHING_SHARE = 0.02;

/**
 * Simulates visitors that send heartbeats, leave and are replaced by others. The oracle records every request and answer.
 *
 * @param url the address of the service at the moment
 * @returns a function that stops them
 */
export function startSoakVisitors(count: number, url: () => string, oracle: Oracle): () => void {
  const client = new JsonClient(MAX_SOCKETS);
  const post = async (path: string, uid: string, onOk: () => void) => {
    if (await client.post(url() + path, { uid })) onOk();
  };
  let created = 0;
  const createUid = () => `visitor-${created++}`;
  const visitors = Array.from({ length: count }, () => ({
    uid: createUid(),
    nextHeartbeatMs: performance.now() + Math.random() * HEARTBEAT_MS,
  }));
  const sendHeartbeat = (visitor: (typeof visitors)[number]) => {
    const { uid } = visitor;
    visitor.nextHeartbeatMs = performance.now() + HEARTBEAT_MS * (0.9 + Math.random() * 0.1);
    oracle.hitSent(uid);
    void post('/v1/hit', uid, () => oracle.hitAnswered(uid));
  };
  const sendLeave = (uid: string) => {
    oracle.leaveSent(uid);
    void post('/v1/leave', uid, () => oracle.leaveAnswered(uid));
  };
  const happens = (sharePerMinute: number) => Math.random() < (sharePerMinute * STEP_MS) / MS_PER_MINUTE;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const visitor of visitors) {
      const isLeaving = happens(LEAVING_SHARE);
      if (isLeaving) sendLeave(visitor.uid);
      if (isLeaving || happens(VANISHING_SHARE)) {
        visitor.uid = createUid();
        visitor.nextHeartbeatMs = nowMs;
      }
      if (nowMs >= visitor.nextHeartbeatMs) sendHeartbeat(visitor);
    }
  }, STEP_MS);
  return () => {
    clearInterval(timer);
    client.close();
  };
}
