import type { View, ViewRequest } from '../../src/protocol/messages.js';
import type { ViewCarrier } from '../../src/web/client/ports.js';
import { Source } from '../../src/web/elements/source.js';
import type { ViewAnswer } from '../../src/web/elements/source-ports.js';
import { type Place, Wanted } from '../../src/web/elements/wanted.js';
import { settle } from './heartbeat-page.js';

type Asked = { readonly atMs: number; readonly by: 'heartbeat' | 'get'; readonly request: ViewRequest };

/** A page with elements, on time that passes only by `pass`. It records what is asked for. */
export class ElementsPage {
  readonly wanted = new Wanted();
  readonly asked: Asked[] = [];
  readonly warnings: string[] = [];
  readonly source: Source;
  isHidden = false;
  isCarrierExpected = false;
  hasToken = false;
  intervalMs: number | undefined;
  /** What `GET /v1/view` answers; a view of what was asked for where it is undefined. */
  answer: ViewAnswer | 'nothing' | undefined;
  /** The visitor script, if there is one. */
  carrier: ViewCarrier | undefined;
  /** Whether heartbeats are answered. */
  isReachable = true;
  view: (request: ViewRequest) => View = viewOf;
  nowMs = 1_000_000;
  #dueMs = Number.POSITIVE_INFINITY;
  #beatMs = Number.POSITIVE_INFINITY;

  constructor() {
    this.source = new Source(this.wanted, {
      nowMs: () => this.nowMs,
      random: () => 1,
      schedule: (delayMs) => {
        this.#dueMs = this.nowMs + delayMs;
      },
      isHidden: () => this.isHidden,
      carrier: () => this.carrier,
      isCarrierExpected: () => this.isCarrierExpected,
      hasToken: () => this.hasToken,
      intervalMs: () => this.intervalMs,
      onAnswer: () => {},
      warn: (message) => this.warnings.push(message),
      fetchView: async (request) => {
        this.asked.push({ atMs: this.nowMs, by: 'get', request });
        if (this.answer === 'nothing') throw new TypeError('Failed to fetch');
        return this.answer ?? { status: 200, view: this.view(request), message: '', retryAfterSeconds: undefined };
      },
    });
  }

  /** Adds an element. @returns a function that removes it */
  add(want: { uid: string } | { place: Place; members?: number; isLive?: boolean }): () => void {
    const remove = this.wanted.add('uid' in want ? { isLive: false, ...want } : { isLive: false, members: 0, ...want });
    this.source.change();
    return () => {
      remove();
      this.source.change();
    };
  }

  addVisitors(count: number): void {
    for (let index = 0; index < count; index++) this.add({ uid: `v${index}` });
  }

  /** Starts a visitor script with a heartbeat every 30 s. */
  startHeartbeats(room?: string): void {
    this.carrier = {
      beat: () => this.#beat(),
      isRunning: () => true,
      intervalMs: () => 30_000,
      room: () => room,
    };
    this.#beat();
  }

  /** Lets time pass, in steps that are due. */
  async pass(durationMs: number): Promise<void> {
    const endMs = this.nowMs + durationMs;
    for (;;) {
      await settle();
      const nextMs = Math.min(this.#dueMs, this.#beatMs);
      if (nextMs > endMs) break;
      this.nowMs = Math.max(nextMs, this.nowMs);
      if (nextMs === this.#beatMs) {
        this.#beat();
      } else {
        this.#dueMs = Number.POSITIVE_INFINITY;
        this.source.wake();
      }
    }
    this.nowMs = endMs;
  }

  #beat(): void {
    this.#beatMs = this.nowMs + 30_000;
    const request = this.source.next(this.carrier?.room());
    if (request === undefined) return;
    this.asked.push({ atMs: this.nowMs, by: 'heartbeat', request });
    if (this.isReachable) setImmediate(() => this.source.receive(this.view(request)));
  }
}

/** A view in which everybody who is asked for is active. */
export const viewOf = ({ totals, members, uids = [] }: ViewRequest): View => ({
  ...(totals && { totals: { online_total: 2, active_total: 1, idle_total: 1 } }),
  ...(members && { members: [{ uid: 'ada', status: 'active' }] }),
  ...(uids && { visitors: uids.map((uid) => ({ uid: String(uid), status: 'active' })) }),
});
