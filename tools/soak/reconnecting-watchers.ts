import { type ChildProcess, spawn } from 'node:child_process';
import { type ClientRequest, request } from 'node:http';
import { createGunzip } from 'node:zlib';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { OwnDelay } from './event-loop-delay.js';
import type { Oracle } from './oracle.js';

const LONGEST_STAY_MS = 60_000;
const DEFAULT_RETRY_MS = 3000;
/** `ts` is cut to whole seconds; beyond this, an event is over one tick old. */
const FRESH_SECONDS = 3;

/** The same list comes to many watchers; reading it once for all of them leaves time to be on time. */
class Lists {
  #text = '';
  #list = { ts: 0, uids: new Set<string>() as ReadonlySet<string> };

  read(text: string): { ts: number; uids: ReadonlySet<string> } {
    if (text !== this.#text) {
      const { ts, active_uids: active, idle_uids: idle } = JSON.parse(text);
      this.#text = text;
      this.#list = { ts, uids: new Set([...active, ...idle]) };
    }
    return this.#list;
  }
}

/** One dashboard: connects, folds what it is sent, has it compared, goes after a while, and comes back as another kind. */
class Dashboard {
  readonly #url: () => string;
  readonly #oracle: Oracle;
  readonly #delay: OwnDelay;
  readonly #lists: Lists;
  #request: ClientRequest | undefined;
  #folded = new Set<string>();
  #lastEventId: string | undefined;
  #retryMs = DEFAULT_RETRY_MS;
  #isStopped = false;
  /** Whether what comes may still be what was missed. */
  #isCatchingUp = true;

  constructor(url: () => string, oracle: Oracle, delay: OwnDelay, lists: Lists) {
    this.#url = url;
    this.#oracle = oracle;
    this.#delay = delay;
    this.#lists = lists;
  }

  open(): void {
    if (this.#isStopped) return;
    this.#isCatchingUp = true;
    const kind = this.#lastEventId !== undefined || Math.random() < 0.5 ? 'changes' : 'online';
    const headers: Record<string, string> = Math.random() < 0.5 ? { 'accept-encoding': 'gzip' } : {};
    if (this.#lastEventId !== undefined) headers['last-event-id'] = this.#lastEventId;
    const parser = createParser({
      onEvent: (event) => this.#take(event),
      onRetry: (retryMs) => {
        this.#retryMs = retryMs;
      },
    });
    const outgoing = request(`${this.#url()}/sse/${kind}`, { headers, agent: false });
    this.#request = outgoing;
    const stay = setTimeout(() => {
      // Half of them come back for what they have missed, the others start afresh.
      if (Math.random() < 0.5) this.#lastEventId = undefined;
      outgoing.destroy();
    }, Math.random() * LONGEST_STAY_MS);
    outgoing.on('error', () => {});
    outgoing.on('response', (response) => {
      const gzip = response.headers['content-encoding'] === 'gzip';
      const text = gzip ? response.pipe(createGunzip()) : response;
      text.on('error', () => {}).on('data', (part: Buffer) => parser.feed(part.toString()));
      response.on('error', () => {});
    });
    outgoing.on('close', () => {
      clearTimeout(stay);
      setTimeout(() => this.open(), this.#retryMs);
    });
    outgoing.end();
  }

  stop(): void {
    this.#isStopped = true;
    this.#request?.destroy();
  }

  #take({ event, id, data }: EventSourceMessage): void {
    if (id !== undefined) this.#lastEventId = id;
    const { ts, uids } = event === undefined ? this.#lists.read(data) : this.#fold(event, data);
    const waitedMs = this.#delay.waitedMs();
    const isFresh = (Date.now() - waitedMs) / 1000 - ts <= FRESH_SECONDS;
    if (isFresh) this.#isCatchingUp = false;
    else if (!this.#isCatchingUp) this.#oracle.findings.late++;
    // What a reconnect brings of the past is no view of now.
    if (!isFresh) return;
    // Equal lists are the same text; what was folded is each watcher's own.
    this.#oracle.compare(uids, event === undefined ? data : undefined, performance.now() - waitedMs);
  }

  #fold(event: string, data: string): { ts: number; uids: ReadonlySet<string> } {
    const json = JSON.parse(data);
    if (event === 'snapshot') this.#folded = new Set(json.visitors.map(({ uid }: { uid: string }) => uid));
    for (const { uid } of json.joined ?? []) this.#folded.add(uid);
    for (const uid of json.left ?? []) this.#folded.delete(uid);
    return { ts: json.ts, uids: this.#folded };
  }
}

/**
 * Watchers who come and go, some of them in processes that are stopped for a while and go on.
 *
 * @returns what stops them
 */
export function startWatchers(
  count: number,
  frozen: number,
  url: () => string,
  oracle: Oracle,
  delay: OwnDelay,
): () => void {
  const lists = new Lists();
  const dashboards = Array.from({ length: count }, () => new Dashboard(url, oracle, delay, lists));
  for (const dashboard of dashboards) setTimeout(() => dashboard.open(), Math.random() * 5000);
  const freezers = Array.from({ length: frozen }, () => startFrozen(url));
  return () => {
    for (const dashboard of dashboards) dashboard.stop();
    for (const stop of freezers) stop();
  };
}

/** A client in a process of its own that is stopped and continued again and again. */
function startFrozen(url: () => string): () => void {
  let child: ChildProcess | undefined;
  const turn = () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      child = spawn('curl', ['-sN', `${url()}/sse/online`], { stdio: 'ignore' });
    }
    child.kill(Math.random() < 0.5 ? 'SIGSTOP' : 'SIGCONT');
  };
  const timer = setInterval(turn, 10_000);
  turn();
  return () => {
    clearInterval(timer);
    child?.kill('SIGKILL');
  };
}
