import { JsonClient } from '../../bench/support/json-client.js';

const STEP_MS = 50;
const BATCH = 200;
const ACTIVE_WINDOW_SECONDS = 300;
const IDLE_SHARE = 1 / 3;
/** Over this time, the visitors that are about to turn idle do so. */
const TURNING_SECONDS = 120;

/** Settings under which visitors stay online without heartbeats, so that the changes are the only load. */
export const CHURN_SETTINGS = { ONLINE_WINDOW_SECONDS: '3600', LEAVE_SETTLE_SECONDS: '0' };

/**
 * A site of many visitors with a constant number of changes per second. One third are arrivals, one third leaves, one sixth
 * visitors that turn idle and one sixth visitors that turn active.
 */
export class ConstantChurn {
  readonly #url: string;
  readonly #client = new JsonClient();
  readonly #active: string[] = [];
  readonly #idle: string[] = [];
  #created = 0;

  constructor(url: string) {
    this.#url = url;
  }

  /** Sends the first heartbeat of all visitors, and resolves when all are answered. */
  async fill(visitors: number, changesPerSecond: number): Promise<void> {
    const turningShare = (TURNING_SECONDS * changesPerSecond) / 6 / visitors;
    const arrive = () => {
      const chance = Math.random();
      if (chance < IDLE_SHARE) return this.#arrive(2 * ACTIVE_WINDOW_SECONDS, this.#idle);
      // These turn idle one after the other while the changes run.
      const isTurning = chance < IDLE_SHARE + turningShare;
      return this.#arrive(isTurning ? ACTIVE_WINDOW_SECONDS - Math.random() * TURNING_SECONDS : 0, this.#active);
    };
    for (let left = visitors; left > 0; left -= BATCH) {
      await Promise.all(Array.from({ length: Math.min(BATCH, left) }, arrive));
    }
  }

  /** Starts the changes. @returns a function that stops them */
  start(changesPerSecond: number): () => void {
    let due = 0;
    let turn = 0;
    const timer = setInterval(() => {
      due += (changesPerSecond * STEP_MS) / 1000;
      for (; due >= 1; due--) this.#change(turn++ % 6);
    }, STEP_MS);
    return () => {
      clearInterval(timer);
      this.#client.close();
    };
  }

  #change(turn: number): void {
    if (turn < 2) void this.#arrive(0, this.#active);
    else if (turn < 4) void this.#post('/v1/leave', { uid: takeRandom(this.#active) });
    else if (turn === 4) void this.#post('/v1/hit', { uid: takeRandom(this.#idle), idle_for: 0 });
    // In the sixth turn, a visitor that `fill` prepared turns idle without a request.
  }

  #arrive(idleForSeconds: number, list: string[]): Promise<boolean> {
    const number = ++this.#created;
    // The order of the uids differs from that of arrival, so that new rows appear all over the sorted list.
    const uid = `visitor-${(Math.imul(number, 2_654_435_761) >>> 0).toString(36).padStart(7, '0')}`;
    list.push(uid);
    const info = { name: `Visitor ${uid.slice(8)}` };
    return this.#post('/v1/hit', { uid, idle_for: idleForSeconds, room: 'hall', info });
  }

  #post(path: string, body: object): Promise<boolean> {
    return this.#client.post(this.#url + path, body);
  }
}

/** Removes a random item in constant time and returns it. */
function takeRandom(list: string[]): string | undefined {
  const place = Math.floor(Math.random() * list.length);
  const last = list.pop();
  if (place >= list.length) return last;
  const taken = list[place];
  list[place] = last!;
  return taken;
}
