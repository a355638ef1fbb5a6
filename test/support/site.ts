import { Agent, request } from 'node:http';
import type { ExecutionContext } from 'ava';
import type { OnlineEvent } from '../../src/protocol/messages.js';
import { type CliService, startCli } from './cli.js';
import { send } from './client.js';
import { until } from './until.js';

const BEAT_MS = 3000;
const STEP_MS = 100;
const LOOK_MS = 200;

/** Windows short enough for a test to wait for, and long enough for a busy machine. */
export const SHORT = {
  TICK_INTERVAL_SECONDS: '0.2',
  HEARTBEAT_SECONDS: '3',
  ONLINE_WINDOW_SECONDS: '8',
  LEAVE_SETTLE_SECONDS: '0.5',
};

/** A site on several instances, with visitors whose requests a load balancer sends to any of them. */
export class Site {
  /** The instances that get requests. */
  readonly instances: CliService[] = [];
  /** Visitors who sent heartbeats, and were online on some instance and then no more. */
  readonly drops: string[] = [];
  readonly #t: ExecutionContext;
  readonly #environment: Record<string, string>;
  /** When each sends its next heartbeat. */
  readonly #visitors = new Map<string, number>();
  readonly #seen = new Map<CliService, Set<string>>();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  #born = 0;
  #isLooking = false;
  #looks = 0;

  constructor(t: ExecutionContext, environment: Record<string, string>) {
    this.#t = t;
    this.#environment = { ...SHORT, ...environment };
    const timers = [setInterval(() => this.#beatSome(), STEP_MS), setInterval(() => void this.#look(), LOOK_MS)];
    t.teardown(() => {
      for (const timer of timers) clearInterval(timer);
      this.#agent.destroy();
    });
  }

  /** Starts another instance, which gets requests from then on. */
  async add(environment: Record<string, string> = {}): Promise<CliService> {
    const instance = await startCli(this.#t, { ...this.#environment, ...environment });
    this.instances.push(instance);
    return instance;
  }

  /** Sends no more requests to an instance. */
  remove(instance: CliService): void {
    this.instances.splice(this.instances.indexOf(instance), 1);
    this.#seen.delete(instance);
  }

  /** Adds visitors, who send heartbeats from then on. */
  come(count: number): void {
    for (let more = 0; more < count; more++) {
      const uid = `visitor-${this.#born++}`;
      // Spread out over the interval.
      this.#visitors.set(uid, performance.now() + Math.random() * BEAT_MS);
      this.#post('/v1/hit', uid);
    }
  }

  /** Removes visitors, half of them with a leave and half without. */
  go(count: number): void {
    for (const uid of [...this.#visitors.keys()].slice(0, count)) {
      this.#visitors.delete(uid);
      for (const seen of this.#seen.values()) seen.delete(uid);
      if (Math.random() < 0.5) this.#post('/v1/leave', uid);
    }
  }

  /** Waits until every instance shows exactly the visitors of the site. */
  async settled(what: string): Promise<void> {
    const wanted = [...this.#visitors.keys()].sort().join();
    await until(async () => {
      const shown = await Promise.all(this.instances.map(async (each) => (await uidsOn(each)).sort().join()));
      return shown.every((uids) => uids === wanted);
    }, what);
  }

  /** Waits until every instance has been looked at once more. */
  async looked(): Promise<void> {
    // One look may be under way.
    const wanted = this.#looks + 2;
    await until(() => this.#looks >= wanted, 'another look at every instance');
  }

  /** Waits until every visitor has sent another heartbeat, and every instance has been looked at after that. */
  async fullRound(): Promise<void> {
    const due = [...this.#visitors];
    const isSent = ([uid, nextMs]: [string, number]) => (this.#visitors.get(uid) ?? Number.POSITIVE_INFINITY) > nextMs;
    await until(() => due.every(isSent), 'a heartbeat of every visitor');
    await this.looked();
  }

  /** Sends the heartbeats that are due, each to any instance. */
  #beatSome(): void {
    for (const [uid, nextMs] of this.#visitors) {
      if (performance.now() < nextMs) continue;
      this.#visitors.set(uid, nextMs + BEAT_MS);
      this.#post('/v1/hit', uid);
    }
  }

  #post(path: string, uid: string): void {
    const { url } = this.instances[Math.floor(Math.random() * this.instances.length)]!;
    const outgoing = request(url + path, { method: 'POST', agent: this.#agent });
    outgoing.on('error', () => {}).on('response', (response) => response.resume());
    outgoing.end(JSON.stringify({ uid }));
  }

  async #look(): Promise<void> {
    // An answer that overtakes an earlier one would look like a visitor who left and returned.
    if (this.#isLooking) return;
    this.#isLooking = true;
    for (const instance of [...this.instances]) {
      const uids = await uidsOn(instance).catch(() => undefined);
      if (uids === undefined || !this.instances.includes(instance)) continue;
      const now = new Set(uids);
      const before = this.#seen.get(instance) ?? new Set();
      for (const uid of before) {
        if (this.#visitors.has(uid) && !now.has(uid)) this.drops.push(`${uid} on ${instance.port}`);
      }
      this.#seen.set(instance, now);
    }
    this.#looks++;
    this.#isLooking = false;
  }
}

/** The uids that an instance lists as online. */
export async function uidsOn({ url }: CliService): Promise<string[]> {
  const { active_uids: active, idle_uids: idle } = (await send(`${url}/v1/online`)).json<OnlineEvent>();
  return [...active, ...idle];
}
