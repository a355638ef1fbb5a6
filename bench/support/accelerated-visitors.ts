import { Agent, request } from 'node:http';

interface Visitor {
  readonly uid: string;
  lastActivityMs: number;
  /** Whether the person goes on touching the page. */
  isBusy: boolean;
}

/** How a crowd behaves. Rates are shares of the crowd per minute. */
export interface Crowd {
  readonly visitors: number;
  readonly comingAndGoing: number;
  readonly changingStatus: number;
  /** How many times as fast as real time passes. */
  readonly speed: number;
}

const HEARTBEAT_MS = 30_000;
const ACTIVE_WINDOW_MS = 300_000;
const STEP_MS = 50;

/** The settings that make the service live as fast as the crowd. */
export const settingsFor = ({ speed }: Crowd): Record<string, string> => ({
  TICK_INTERVAL_SECONDS: String(2 / speed),
  HEARTBEAT_SECONDS: String(30 / speed),
  ONLINE_WINDOW_SECONDS: String(60 / speed),
  ACTIVE_WINDOW_SECONDS: String(300 / speed),
  LEAVE_SETTLE_SECONDS: String(3 / speed),
});

const digits = (count: number): string => Array.from({ length: count }, () => Math.floor(Math.random() * 10)).join('');

/** A unique id as Bubble makes them. Names that resemble each other more would flatter compression. */
const createUid = (): string => `17${digits(11)}x${digits(18)}`;

/**
 * Lets a crowd beat, come, go, turn idle and come back, evenly spread over time, until stopped.
 *
 * @returns what stops it
 */
export function startCrowd(url: string, crowd: Crowd): () => void {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const post = (path: string, body: object) => {
    const outgoing = request(url + path, { method: 'POST', agent });
    outgoing.on('response', (response) => response.resume()).on('error', () => {});
    outgoing.end(JSON.stringify(body));
  };
  const nowMs = () => performance.now() * crowd.speed;
  const create = (idleForMs: number, isBusy: boolean): Visitor => ({
    uid: createUid(),
    lastActivityMs: nowMs() - idleForMs,
    isBusy,
  });
  const beat = (visitor: Visitor) => {
    if (visitor.isBusy) visitor.lastActivityMs = nowMs();
    post('/v1/hit', { uid: visitor.uid, idle_for: (nowMs() - visitor.lastActivityMs) / 1000 / crowd.speed });
  };
  // A quarter is on its way to idle, so that from the start as many turn idle as will later.
  const visitors = Array.from({ length: crowd.visitors }, (_, index) => {
    if (index % 2 === 0) return create(2 * ACTIVE_WINDOW_MS, false);
    return index % 4 === 1 ? create((ACTIVE_WINDOW_MS * index) / crowd.visitors, false) : create(0, true);
  });
  visitors.forEach(beat);

  const owed = { beats: 0, arrivals: 0, turns: 0 };
  let next = 0;
  const step = () => {
    const stepMs = STEP_MS * crowd.speed;
    owed.beats += (visitors.length * stepMs) / HEARTBEAT_MS;
    owed.arrivals += (visitors.length * crowd.comingAndGoing * stepMs) / 60_000;
    owed.turns += (visitors.length * crowd.changingStatus * stepMs) / 60_000 / 2;
    for (; owed.beats >= 1; owed.beats--) beat(visitors[next++ % visitors.length]!);
    for (; owed.arrivals >= 1; owed.arrivals--) {
      const place = Math.floor(Math.random() * visitors.length);
      post('/v1/leave', { uid: visitors[place]!.uid });
      visitors[place] = create(0, true);
      beat(visitors[place]!);
    }
    for (; owed.turns >= 1; owed.turns--) {
      const busy = visitors.find(({ isBusy }) => isBusy);
      if (busy !== undefined) busy.isBusy = false;
      const idle = visitors.find(
        ({ isBusy, lastActivityMs }) => !isBusy && nowMs() - lastActivityMs > ACTIVE_WINDOW_MS,
      );
      if (idle !== undefined) idle.isBusy = true;
      if (idle !== undefined) beat(idle);
    }
  };
  const timer = setInterval(step, STEP_MS);
  return () => {
    clearInterval(timer);
    agent.destroy();
  };
}
