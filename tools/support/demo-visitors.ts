import { JsonClient } from '../../bench/support/json-client.js';

const ROOMS = ['home', 'pricing', 'docs', 'checkout', 'forum'];
const HEARTBEAT_MS = 30_000;
const STEP_MS = 250;
const IDLE_SHARE = 0.3;
const MAX_IDLE_MS = 900_000;

interface Visitor {
  readonly uid: string;
  readonly name: string;
  readonly session: string;
  room: string;
  lastActivityMs: number;
  isIdle: boolean;
  nextHeartbeatMs: number;
}

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!;

/**
 * Simulates visitors that arrive, change rooms, turn idle and active, and leave, at a pace that a viewer can follow.
 *
 * @returns a function that stops them
 */
export function startDemoVisitors(url: string, count: number): () => void {
  const client = new JsonClient();
  let created = 0;
  const create = (idleForMs: number): Visitor => {
    const number = ++created;
    return {
      uid: `visitor-${String(number).padStart(5, '0')}`,
      name: `Visitor ${String(number).padStart(3, '0')}`,
      session: `page-${number}`,
      room: pick(ROOMS),
      lastActivityMs: performance.now() - idleForMs,
      isIdle: idleForMs > 0,
      nextHeartbeatMs: 0,
    };
  };
  const sendHeartbeat = (visitor: Visitor) => {
    const nowMs = performance.now();
    if (!visitor.isIdle) visitor.lastActivityMs = nowMs;
    visitor.nextHeartbeatMs = nowMs + HEARTBEAT_MS * (0.9 + Math.random() / 10);
    const { uid, name, session, room } = visitor;
    const idleForSeconds = (nowMs - visitor.lastActivityMs) / 1000;
    void client.post(`${url}/v1/hit`, { uid, session, room, info: { name }, idle_for: idleForSeconds });
  };
  const leave = (body: object) => void client.post(`${url}/v1/leave`, body);
  const visitors = Array.from({ length: count }, () =>
    create(Math.random() < IDLE_SHARE ? Math.random() * MAX_IDLE_MS : 0),
  );
  const changeOne = () => {
    const index = Math.floor(Math.random() * visitors.length);
    const visitor = visitors[index]!;
    const { uid, session, room } = visitor;
    const chance = Math.random();
    if (chance < 0.15) {
      leave({ uid, session });
      visitors[index] = create(0);
    } else if (chance < 0.3) {
      leave({ uid, session, room });
      visitor.room = pick(ROOMS);
      sendHeartbeat(visitor);
    } else if (chance < 0.4) {
      visitor.isIdle = !visitor.isIdle;
      sendHeartbeat(visitor);
    }
  };
  const timer = setInterval(() => {
    for (const visitor of visitors) if (performance.now() >= visitor.nextHeartbeatMs) sendHeartbeat(visitor);
    changeOne();
  }, STEP_MS);
  return () => {
    clearInterval(timer);
    client.close();
  };
}
