import { type ClientRequest, request } from 'node:http';
import { createGunzip } from 'node:zlib';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { EventLoopDelay } from './event-loop-delay.js';
import type { Oracle } from './oracle.js';

const CONNECTING_MS = 5000;
const MAX_CONNECTED_MS = 60_000;
const DEFAULT_RETRY_MS = 3000;
/** `ts` is in whole seconds. An event that is older than this is more than one tick old. */
const FRESH_SECONDS = 3;

interface View {
  readonly ts: number;
  readonly uids: ReadonlySet<string>;
}

/** Parses the events of `/sse/online`. All watchers receive the same text, and parsing it once saves the time of this process. */
class OnlineEvents {
  #text = '';
  #view: View = { ts: 0, uids: new Set() };

  parse(text: string): View {
    if (text !== this.#text) {
      const { ts, active_uids: active, idle_uids: idle } = JSON.parse(text);
      this.#text = text;
      this.#view = { ts, uids: new Set([...active, ...idle]) };
    }
    return this.#view;
  }
}

/** What all watchers share. */
interface Surroundings {
  /** The address of the service at the moment. */
  readonly url: () => string;
  readonly oracle: Oracle;
  readonly eventLoop: EventLoopDelay;
}

/**
 * One watcher: connects, applies events, lets the oracle compare its view, disconnects after a random time and reconnects,
 * often to the other stream.
 */
class ReconnectingWatcher {
  readonly #surroundings: Surroundings;
  readonly #onlineEvents: OnlineEvents;
  #request: ClientRequest | undefined;
  #uids = new Set<string>();
  #lastEventId: string | undefined;
  #retryMs = DEFAULT_RETRY_MS;
  #isStopped = false;
  /** After a reconnect, the first events may be old: the service resends those that the watcher missed. */
  #isCatchingUp = true;

  constructor(surroundings: Surroundings, onlineEvents: OnlineEvents) {
    this.#surroundings = surroundings;
    this.#onlineEvents = onlineEvents;
  }

  open(): void {
    if (this.#isStopped) return;
    this.#isCatchingUp = true;
    const stream = this.#lastEventId !== undefined || Math.random() < 0.5 ? 'changes' : 'online';
    const headers: Record<string, string> = Math.random() < 0.5 ? { 'accept-encoding': 'gzip' } : {};
    if (this.#lastEventId !== undefined) headers['last-event-id'] = this.#lastEventId;
    const parser = createParser({
      onEvent: (event) => this.#receive(event),
      onRetry: (retryMs) => {
        this.#retryMs = retryMs;
      },
    });
    const outgoing = request(`${this.#surroundings.url()}/sse/${stream}`, { headers, agent: false });
    this.#request = outgoing;
    const timer = setTimeout(() => {
      // Half of the watchers resume with their last event id, the others start without it.
      if (Math.random() < 0.5) this.#lastEventId = undefined;
      outgoing.destroy();
    }, Math.random() * MAX_CONNECTED_MS);
    outgoing.on('error', () => {});
    outgoing.on('response', (response) => {
      const isGzip = response.headers['content-encoding'] === 'gzip';
      const text = isGzip ? response.pipe(createGunzip()) : response;
      text.on('error', () => {}).on('data', (chunk: Buffer) => parser.feed(chunk.toString()));
      response.on('error', () => {});
    });
    outgoing.on('close', () => {
      clearTimeout(timer);
      setTimeout(() => this.open(), this.#retryMs);
    });
    outgoing.end();
  }

  stop(): void {
    this.#isStopped = true;
    this.#request?.destroy();
  }

  #receive({ event, id, data }: EventSourceMessage): void {
    const { oracle, eventLoop } = this.#surroundings;
    if (id !== undefined) this.#lastEventId = id;
    const isOnlineEvent = event === undefined;
    const { ts, uids } = isOnlineEvent ? this.#onlineEvents.parse(data) : this.#apply(event, data);
    const maxWaitMs = eventLoop.maxWaitMs();
    const isFresh = (Date.now() - maxWaitMs) / 1000 - ts <= FRESH_SECONDS;
    if (isFresh) this.#isCatchingUp = false;
    else if (!this.#isCatchingUp) oracle.findings.late++;
    if (!isFresh) return;
    // Views of the same text are equal, but each watcher of changes has a view of its own.
    oracle.compare(uids, isOnlineEvent ? data : undefined, performance.now() - maxWaitMs);
  }

  #apply(event: string, data: string): View {
    const json = JSON.parse(data);
    if (event === 'snapshot') this.#uids = new Set(json.visitors.map(({ uid }: { uid: string }) => uid));
    for (const { uid } of json.joined ?? []) this.#uids.add(uid);
    for (const uid of json.left ?? []) this.#uids.delete(uid);
    return { ts: json.ts, uids: this.#uids };
  }
}

/**
 * Starts watchers that connect and disconnect at random, and whose views the oracle checks.
 *
 * @returns a function that stops them
 */
export function startReconnectingWatchers(count: number, surroundings: Surroundings): () => void {
  const onlineEvents = new OnlineEvents();
  const watchers = Array.from({ length: count }, () => new ReconnectingWatcher(surroundings, onlineEvents));
  for (const watcher of watchers) setTimeout(() => watcher.open(), Math.random() * CONNECTING_MS);
  return () => {
    for (const watcher of watchers) watcher.stop();
  };
}
