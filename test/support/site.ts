import { Agent, request } from 'node:http';
import type { ExecutionContext } from 'ava';
import { type CliService, startCli } from './cli.js';
import { send } from './client.js';
import { until } from './until.js';

const BEAT_MS = 3000;
const STEP_MS = 100;
const LOOK_MS = 200;

/** Windows short enough to see them pass, and long enough for a busy machine. */
export const SHORT = {
  TICK_INTERVAL_SECONDS: '0.2',
  HEARTBEAT_SECONDS: '3',
  ONLINE_WINDOW_SECONDS: '8',
  LEAVE_SETTLE_SECONDS: '0.5',
};

/** A site on several instances, with visitors that a load balancer sends to any of them. */
export class Site {
  /** Those that are alive and get visitors. */
  readonly instances: CliService[] = [];
  /** Whoever was beating and seen, and then was not, on some instance. */
  readonly drops: string[] = [];
  readonly #t: ExecutionContext;
  readonly #environment: Record<string, string>;
  /** When each beats next. */
  readonly #visitors = new Map<string, number>();
  readonly #seen = new Map<CliService, Set<string>>();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  #born = 0;
  #isLooking = false;

  constructor(t: ExecutionContext, environment: Record<string, string>) {
    this.#t = t;
    this.#environment = { ...SHORT, ...environment };
    const timers = [setInterval(() => this.#beatSome(), STEP_MS), setInterval(() => void this.#look(), LOOK_MS)];
    t.teardown(() => {
      for (const timer of timers) clearInterval(timer);
      this.#agent.destroy();
    });
  }

  /** Starts another instance, and lets visitors be sent to it. */
  async add(environment: Record<string, string> = {}): Promise<CliService> {
    const instance = await startCli(this.#t, { ...this.#environment, ...environment });
    this.instances.push(instance);
    return instance;
  }

  /** Sends no more visitors to an instance. */
  remove(instance: CliService): void {
    this.instances.splice(this.instances.indexOf(instance), 1);
    this.#seen.delete(instance);
  }

  /** So many more visitors come. */
  come(count: number): void {
    for (let more = 0; more < count; more++) {
      const uid = `visitor-${this.#born++}`;
      // Spread out over the interval.
      this.#visitors.set(uid, performance.now() + Math.random() * BEAT_MS);
      this.#post('/v1/hit', uid);
    }
  }

  /** So many visitors go, half of them with a goodbye. */
  go(count: number): void {
    for (const uid of [...this.#visitors.keys()].slice(0, count)) {
      this.#visitors.delete(uid);
      for (const seen of this.#seen.values()) seen.delete(uid);
      if (Math.random() < 0.5) this.#post('/v1/leave', uid);
    }
  }

  /** Waits until every instance shows exactly those who are there. */
  async settled(what: string): Promise<void> {
    const wanted = [...this.#visitors.keys()].sort().join();
    await until(async () => {
      const shown = await Promise.all(this.instances.map(async (each) => (await uidsOn(each)).sort().join()));
      return shown.every((uids) => uids === wanted);
    }, what);
  }

  /** Whoever is due beats, wherever the load balancer sends it. */
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
    // An answer that overtakes an earlier one would show somebody coming and going.
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
    this.#isLooking = false;
  }
}

/** Who an instance says is online. */
export async function uidsOn({ url }: CliService): Promise<string[]> {
  const { active_uids: active, idle_uids: idle } = (await send(`${url}/v1/online`)).json() as Record<string, string[]>;
  return [...active!, ...idle!];
}
