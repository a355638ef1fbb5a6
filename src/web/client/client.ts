import { watchActivity } from './activity.js';
import { type Answer, Heartbeat, type Visitor } from './heartbeat.js';
import { safely } from './safely.js';
import { createTicker } from './ticker.js';

/** What a page tells of its visitor. */
export type { Info, Visitor } from './heartbeat.js';

/** What `start` needs to know. Only `uid` is required. */
export interface StartOptions extends Visitor {
  /** The service's address; that of this script when left out. */
  readonly service?: string | undefined;
  /** Time between heartbeats; 30 s when left out. */
  readonly intervalSeconds?: number | undefined;
}

/** What runs. */
export interface Handle {
  /** Goes on with other values; those left out stay as they are. */
  update(changes: Partial<Visitor>): void;
  /** Says goodbye and stops. */
  stop(): void;
}

const TIMEOUT_MS = 10_000;

/** Says that a visitor is here, until stopped or until the page goes. Never throws. */
export function start(options: StartOptions): Handle {
  return safely(() => run(options)) ?? { update() {}, stop() {} };
}

function run({ service, intervalSeconds, ...first }: StartOptions): Handle {
  const base = new URL('.', service ? `${service.replace(/\/$/, '')}/` : import.meta.url).href;
  // Whatever is no time, such as a negative number, must not become a stream of heartbeats.
  const intervalMs = Math.max(0.1, Number(intervalSeconds) > 0 ? Number(intervalSeconds) : 30) * 1000;
  let visitor = copy(first);

  const ports = {
    post: (path: string, body: object) => post(base + path, body),
    beacon(path: string, body: object) {
      // It throws where a policy forbids it, and answers false when too much is under way.
      const isSent = safely(() => navigator.sendBeacon(base + path, JSON.stringify(body)));
      if (!isSent) post(base + path, body).catch(() => {});
    },
    schedule: (delayMs: number) => ticker.schedule(delayMs),
    idleSeconds: () => activity.idleSeconds(),
    random: Math.random,
    isOnline: () => navigator.onLine,
    isAhead: () => Boolean((document as { prerendering?: boolean }).prerendering),
    warn: (message: string) => console.warn(`Presence ${message}`),
  };
  const heartbeat = new Heartbeat(ports, visitor, { intervalMs, session: createSession() });
  const beat = () => heartbeat.beat();
  const ticker = createTicker(() => heartbeat.wake());
  const activity = watchActivity(intervalMs, beat);
  const onVisible = () => {
    if (!document.hidden) beat();
  };
  const onComing = () => {
    activity.touch();
    beat();
  };
  const onHide = () => heartbeat.pause();
  const onShow = (event: PageTransitionEvent) => {
    if (event.persisted) activity.touch();
    heartbeat.resume();
  };
  addEventListener('pagehide', onHide);
  addEventListener('pageshow', onShow);
  addEventListener('online', beat);
  document.addEventListener('visibilitychange', onVisible);
  document.addEventListener('prerenderingchange', onComing);
  beat();

  return {
    update(changes) {
      safely(() => {
        visitor = copy({ ...visitor, ...changes });
        heartbeat.update(visitor);
      });
    },
    stop() {
      heartbeat.stop();
      ticker.close();
      activity.close();
      removeEventListener('pagehide', onHide);
      removeEventListener('pageshow', onShow);
      removeEventListener('online', beat);
      document.removeEventListener('visibilitychange', onVisible);
      document.removeEventListener('prerenderingchange', onComing);
    },
  };
}

/** What cannot be sent is found out now, not at each heartbeat, and what the page changes later changes nothing here. */
const copy = (visitor: Visitor): Visitor => JSON.parse(JSON.stringify(visitor));

/** A body of text and no header of one's own, so that no preflight request is needed. */
async function post(url: string, body: object): Promise<Answer> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      credentials: 'omit',
      keepalive: true,
      signal: timeout.signal,
    });
    const answer = response.ok ? {} : await response.json().catch(() => ({}));
    return {
      status: response.status,
      message: String((answer as { message?: unknown }).message ?? ''),
      retryAfterSeconds: Number(response.headers.get('retry-after')) || undefined,
    };
  } finally {
    clearTimeout(timer);
  }
}

/** One name per page, not per tab: a duplicated tab would copy what is stored. */
function createSession(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join('');
}
