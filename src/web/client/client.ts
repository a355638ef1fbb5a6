import { watchActivity } from './activity.js';
import type { Handle, StartOptions, Visitor } from './api.js';
import { type Answer, createHeartbeat } from './heartbeat.js';
import { safely } from './safely.js';
import { createTicker } from './ticker.js';

export type { Handle, Info, StartOptions, Visitor } from './api.js';

const DEFAULT_INTERVAL_SECONDS = 30;
const MIN_INTERVAL_SECONDS = 0.1;
const TIMEOUT_MS = 10_000;

/**
 * Sends heartbeats for a visitor until they are stopped or the page closes. Never throws: wrong options are reported by a
 * warning in the console.
 */
export function start(options: StartOptions): Handle {
  return safely(() => run(options)) ?? { update() {}, stop() {} };
}

function run({ service, intervalSeconds, ...first }: StartOptions): Handle {
  const base = new URL('.', service ? `${service.replace(/\/$/, '')}/` : import.meta.url).href;
  // NaN and negative numbers must not turn into heartbeats without a pause.
  const seconds = Number(intervalSeconds) > 0 ? Number(intervalSeconds) : DEFAULT_INTERVAL_SECONDS;
  const intervalMs = 1000 * Math.max(MIN_INTERVAL_SECONDS, seconds);
  let visitor = copy(first);

  const ports = {
    post: (path: string, body: object) => post(base + path, body),
    beacon(path: string, body: object) {
      // sendBeacon throws where a policy forbids it, and returns false when the browser's queue is full.
      const isQueued = safely(() => navigator.sendBeacon(base + path, JSON.stringify(body)));
      if (!isQueued) post(base + path, body).catch(() => {});
    },
    schedule: (delayMs: number) => ticker.schedule(delayMs),
    idleSeconds: () => activity.idleSeconds(),
    random: Math.random,
    isOnline: () => navigator.onLine,
    isPrerendering: () => Boolean((document as { prerendering?: boolean }).prerendering),
    warn: (message: string) => console.warn(`Presence ${message}`),
  };
  const heartbeat = createHeartbeat(ports, visitor, { intervalMs, session: createSession() });
  const beat = () => heartbeat.beat();
  const ticker = createTicker(() => heartbeat.wake());
  const activity = watchActivity(intervalMs, beat);
  const onVisibilityChange = () => {
    if (!document.hidden) beat();
  };
  const onPrerenderingChange = () => {
    activity.markActive();
    beat();
  };
  const onPageHide = () => heartbeat.pause();
  const onPageShow = (event: PageTransitionEvent) => {
    if (event.persisted) activity.markActive();
    heartbeat.resume();
  };
  addEventListener('pagehide', onPageHide);
  addEventListener('pageshow', onPageShow);
  addEventListener('online', beat);
  document.addEventListener('visibilitychange', onVisibilityChange);
  document.addEventListener('prerenderingchange', onPrerenderingChange);
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
      ticker.stop();
      activity.stop();
      removeEventListener('pagehide', onPageHide);
      removeEventListener('pageshow', onPageShow);
      removeEventListener('online', beat);
      document.removeEventListener('visibilitychange', onVisibilityChange);
      document.removeEventListener('prerenderingchange', onPrerenderingChange);
    },
  };
}

/** A deep copy, which later changes by the page do not reach. Throws at once for what JSON cannot carry. */
const copy = (visitor: Visitor): Visitor => JSON.parse(JSON.stringify(visitor));

/** Posts a body of plain text without own headers, so that the browser sends no CORS preflight request. */
async function post(url: string, body: object): Promise<Answer> {
  // Safari before 16 has no AbortSignal.timeout.
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
    const error = response.ok ? {} : await response.json().catch(() => ({}));
    return {
      status: response.status,
      message: String((error as { message?: unknown }).message ?? ''),
      retryAfterSeconds: Number(response.headers.get('retry-after')) || undefined,
    };
  } finally {
    clearTimeout(timer);
  }
}

/** A random name for this page. It is not stored, since duplicating a tab copies sessionStorage. */
function createSession(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join('');
}
