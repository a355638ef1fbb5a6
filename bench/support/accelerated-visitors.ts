import { JsonClient } from './json-client.js';

interface Visitor {
  readonly uid: string;
  lastActivityMs: number;
  /** Whether the person goes on touching the page. */
  isBusy: boolean;
}

/** How visitors behave. Shares are of all visitors, per minute of simulated time. */
export interface Behaviour {
  readonly visitors: number;
  /** Share that leaves; as many others arrive. */
  readonly replacedShare: number;
  /** Share that turns idle or active. */
  readonly statusChangeShare: number;
  /** How many times as fast as real time the simulation runs. */
  readonly speed: number;
}

const HEARTBEAT_MS = 30_000;
const ACTIVE_WINDOW_MS = 300_000;
const MS_PER_MINUTE = 60_000;
const STEP_MS = 50;
const MAX_SOCKETS = 8;

/** Settings that make the service run at the speed of the visitors. */
export const acceleratedSettings = ({ speed }: Behaviour): Record<string, string> => ({
  TICK_INTERVAL_SECONDS: String(2 / speed),
  HEARTBEAT_SECONDS: String(30 / speed),
  ONLINE_WINDOW_SECONDS: String(60 / speed),
  ACTIVE_WINDOW_SECONDS: String(300 / speed),
  LEAVE_SETTLE_SECONDS: String(3 / speed),
});

const digits = (count: number): string => Array.from({ length: count }, () => Math.floor(Math.random() * 10)).join('');

/** A unique id in Bubble's format. Uids that resemble each other more compress too well. */
const createUid = (): string => `17${digits(11)}x${digits(18)}`;

/**
 * Simulates visitors that send heartbeats, arrive, leave, turn idle and turn active, spread evenly over time.
 *
 * @returns a function that stops them
 */
export function startAcceleratedVisitors(url: string, behaviour: Behaviour): () => void {
  const client = new JsonClient(MAX_SOCKETS);
  const nowMs = () => performance.now() * behaviour.speed;
  const create = (idleForMs: number, isBusy: boolean): Visitor => ({
    uid: createUid(),
    lastActivityMs: nowMs() - idleForMs,
    isBusy,
  });
  const sendHeartbeat = (visitor: Visitor) => {
    if (visitor.isBusy) visitor.lastActivityMs = nowMs();
    const idleForSeconds = (nowMs() - visitor.lastActivityMs) / 1000 / behaviour.speed;
    void client.post(`${url}/v1/hit`, { uid: visitor.uid, idle_for: idleForSeconds });
  };
  // A quarter is about to turn idle, so that the rate of status changes is constant from the start.
  const visitors = Array.from({ length: behaviour.visitors }, (_, index) => {
    if (index % 2 === 0) return create(2 * ACTIVE_WINDOW_MS, false);
    return index % 4 === 1 ? create((ACTIVE_WINDOW_MS * index) / behaviour.visitors, false) : create(0, true);
  });
  visitors.forEach(sendHeartbeat);

  const replaceOne = () => {
    const place = Math.floor(Math.random() * visitors.length);
    void client.post(`${url}/v1/leave`, { uid: visitors[place]!.uid });
    visitors[place] = create(0, true);
    sendHeartbeat(visitors[place]!);
  };
  const swapStatus = () => {
    const busy = visitors.find(({ isBusy }) => isBusy);
    if (busy !== undefined) busy.isBusy = false;
    const idle = visitors.find(({ isBusy, lastActivityMs }) => !isBusy && nowMs() - lastActivityMs > ACTIVE_WINDOW_MS);
    if (idle === undefined) return;
    idle.isBusy = true;
    sendHeartbeat(idle);
  };

  const due = { heartbeats: 0, replacements: 0, swaps: 0 };
  let next = 0;
  const step = () => {
    const minutes = (STEP_MS * behaviour.speed) / MS_PER_MINUTE;
    due.heartbeats += (visitors.length * minutes * MS_PER_MINUTE) / HEARTBEAT_MS;
    due.replacements += visitors.length * behaviour.replacedShare * minutes;
    // Each swap changes the status of two visitors.
    due.swaps += (visitors.length * behaviour.statusChangeShare * minutes) / 2;
    for (; due.heartbeats >= 1; due.heartbeats--) sendHeartbeat(visitors[next++ % visitors.length]!);
    for (; due.replacements >= 1; due.replacements--) replaceOne();
    for (; due.swaps >= 1; due.swaps--) swapStatus();
  };
  const timer = setInterval(step, STEP_MS);
  return () => {
    clearInterval(timer);
    client.close();
  };
}
