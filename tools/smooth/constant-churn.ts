import { Agent, request } from 'node:http';

const STEP_MS = 50;
const BATCH = 200;
const ACTIVE_WINDOW_SECONDS = 300;
/** Over how long those who are about to turn idle do so. */
const TURNING_SECONDS = 120;

/** What lets visitors stay without heartbeats, so that changes are all that happens. */
export const settingsForCommotion = { ONLINE_WINDOW_SECONDS: '3600', LEAVE_SETTLE_SECONDS: '0' };

/**
 * A site of many visitors and a steady number of changes a second: a third come, a third go, and of the last third half turn
 * idle and half come back.
 */
export class Commotion {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  readonly #here: string[] = [];
  readonly #idle: string[] = [];
  #born = 0;

  constructor(url: string) {
    this.#url = url;
  }

  /** Lets the visitors come, and resolves when all have. */
  async fill(visitors: number, changesPerSecond: number): Promise<void> {
    const idleShare = 1 / 3;
    const turningShare = (TURNING_SECONDS * changesPerSecond) / 6 / visitors;
    const come = () => {
      const chance = Math.random();
      // Some are idle, to come back later; some are about to turn idle, one after the other; the others stay active.
      if (chance < idleShare) return this.#come(2 * ACTIVE_WINDOW_SECONDS, this.#idle);
      const isTurning = chance < idleShare + turningShare;
      return this.#come(isTurning ? ACTIVE_WINDOW_SECONDS - Math.random() * TURNING_SECONDS : 0, this.#here);
    };
    for (let left = visitors; left > 0; left -= BATCH) {
      await Promise.all(Array.from({ length: Math.min(BATCH, left) }, come));
    }
  }

  /** Starts the changes. @returns what stops them */
  start(changesPerSecond: number): () => void {
    let owed = 0;
    let turn = 0;
    const timer = setInterval(() => {
      owed += (changesPerSecond * STEP_MS) / 1000;
      for (; owed >= 1; owed--) this.#change(turn++ % 6);
    }, STEP_MS);
    return () => {
      clearInterval(timer);
      this.#agent.destroy();
    };
  }

  #change(turn: number): void {
    if (turn < 2) void this.#come(0, this.#here);
    else if (turn < 4) void this.#post('/v1/leave', { uid: take(this.#here) });
    else if (turn === 4) void this.#post('/v1/hit', { uid: take(this.#idle), idle_for: 0 });
    // The sixth is whoever turns idle by itself.
  }

  #come(idleFor: number, list: string[]): Promise<void> {
    const number = ++this.#born;
    // Names in another order than that of coming, so that newcomers have their places all over the list.
    const uid = `visitor-${(Math.imul(number, 2_654_435_761) >>> 0).toString(36).padStart(7, '0')}`;
    list.push(uid);
    return this.#post('/v1/hit', { uid, idle_for: idleFor, room: 'hall', info: { name: `Visitor ${uid.slice(8)}` } });
  }

  #post(path: string, body: object): Promise<void> {
    return new Promise((resolve) => {
      const outgoing = request(this.#url + path, { method: 'POST', agent: this.#agent });
      outgoing.on('response', (response) => response.resume().on('end', resolve)).on('error', () => resolve());
      outgoing.end(JSON.stringify(body));
    });
  }
}

/** Takes any one out. */
function take(list: string[]): string | undefined {
  const place = Math.floor(Math.random() * list.length);
  const last = list.pop();
  if (place >= list.length) return last;
  const taken = list[place];
  list[place] = last!;
  return taken;
}
