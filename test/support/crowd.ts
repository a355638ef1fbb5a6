import { setTimeout as delay } from 'node:timers/promises';
import type { ChangeEvent, OnlineEvent, SnapshotEvent } from '../../src/protocol/messages.js';

interface Visitor {
  readonly uid: string;
  /** When its first heartbeat was answered. */
  onlineMs: number;
  /** When its leave was answered. */
  leftMs: number;
  isStopped: boolean;
}

export interface CrowdOptions {
  readonly url: string;
  readonly heartbeatMs: number;
  /** How long after its first heartbeat a visitor may be missing in an event: a tick, and the delays of a busy machine. */
  readonly newcomerMs: number;
  /** How long after its leave a visitor may be in an event. */
  readonly leaverMs: number;
}

/** Visitors and watchers of one service, which hold each event of each watcher against what the visitors have sent. */
export class Crowd {
  readonly #options: CrowdOptions;
  readonly #visitors = new Map<string, Visitor>();
  readonly #abort = new AbortController();
  /** What was wrong with events. */
  readonly problems: string[] = [];
  events = 0;
  reconnects = 0;
  /** Why requests failed. */
  readonly failures: string[] = [];

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  /** Lets a visitor send heartbeats until it leaves. Resolves when the first one has been answered. */
  async enter(uid: string): Promise<void> {
    const visitor = { uid, onlineMs: Number.POSITIVE_INFINITY, leftMs: Number.POSITIVE_INFINITY, isStopped: false };
    await this.#post('/v1/hit', { uid, session: 'tab' });
    visitor.onlineMs = performance.now();
    this.#visitors.set(uid, visitor);
    void this.#keepBeating(visitor);
  }

  /** Closes a visitor's page. */
  async leave(uid: string): Promise<void> {
    const visitor = this.#visitors.get(uid)!;
    visitor.isStopped = true;
    await this.#post('/v1/leave', { uid, session: 'tab' });
    visitor.leftMs = performance.now();
  }

  /** Watches a stream and reconnects as an EventSource does. Resolves at the first event. */
  watch(path: '/sse/online' | '/sse/changes'): Promise<void> {
    return new Promise((resolve) => void this.#keepWatching(path, resolve));
  }

  stop(): void {
    for (const visitor of this.#visitors.values()) visitor.isStopped = true;
    this.#abort.abort();
  }

  async #keepBeating(visitor: Visitor): Promise<void> {
    let dueMs = performance.now();
    for (;;) {
      dueMs += this.#options.heartbeatMs;
      await delay(Math.max(0, dueMs - performance.now()));
      if (visitor.isStopped) return;
      await this.#post('/v1/hit', { uid: visitor.uid, session: 'tab' });
    }
  }

  async #post(path: string, body: object): Promise<void> {
    try {
      const answer = await fetch(this.#options.url + path, { method: 'POST', body: JSON.stringify(body) });
      if (answer.status !== 200) this.failures.push(`${path}: ${answer.status} ${await answer.text()}`);
      else await answer.text();
    } catch (error) {
      this.failures.push(`${path}: ${(error as Error).cause ?? error}`);
    }
  }

  async #keepWatching(path: string, onEvent: () => void): Promise<void> {
    let id = '';
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const shown = new Set<string>();
      let [retryMs, text] = [1000, ''];
      try {
        const headers = id === '' ? {} : { 'last-event-id': id };
        const { body } = await fetch(this.#options.url + path, { headers: headers as Record<string, string>, signal });
        const decoder = new TextDecoder();
        for await (const part of body!) {
          text += decoder.decode(part, { stream: true });
          for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
            const fields = Object.fromEntries(
              text
                .slice(0, end)
                .split('\n')
                .map((line) => line.split(/: ?(.*)/s)),
            );
            text = text.slice(end + 2);
            if (fields.id !== undefined) id = fields.id;
            if (fields.retry !== undefined) retryMs = Number(fields.retry);
            if (fields.data === undefined || fields.event === 'stream') continue;
            apply(shown, fields.event, JSON.parse(fields.data));
            this.#check(path, shown);
            onEvent();
          }
          if (/^retry: ?\d+\n/.test(text)) retryMs = Number(/\d+/.exec(text)![0]);
        }
      } catch {
        if (signal.aborted) return;
      }
      this.reconnects++;
      await delay(retryMs, undefined, { signal }).catch(() => {});
    }
  }

  #check(path: string, shown: ReadonlySet<string>): void {
    this.events++;
    const nowMs = performance.now();
    const { newcomerMs, leaverMs } = this.#options;
    for (const { uid, onlineMs, leftMs, isStopped } of this.#visitors.values()) {
      if (!isStopped && onlineMs + newcomerMs < nowMs && !shown.has(uid))
        this.problems.push(`${uid} is missing in ${path}`);
      if (leftMs + leaverMs < nowMs && shown.has(uid)) this.problems.push(`${uid} is still in ${path}`);
    }
  }
}

/** Applies an event to who is shown as online. */
function apply(shown: Set<string>, event: string | undefined, data: OnlineEvent | SnapshotEvent | ChangeEvent): void {
  if (event === 'change') {
    const { joined = [], left = [] } = data as ChangeEvent;
    for (const { uid } of joined) shown.add(uid);
    for (const uid of left) shown.delete(uid);
    return;
  }
  shown.clear();
  const uids =
    event === 'snapshot'
      ? (data as SnapshotEvent).visitors.map(({ uid }) => uid)
      : [...(data as OnlineEvent).active_uids, ...(data as OnlineEvent).idle_uids];
  for (const uid of uids) shown.add(uid);
}
