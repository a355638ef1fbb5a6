import { watchActivity } from './activity.js';
import type { Handle, StartOptions, Visitor } from './api.js';
import { withTimeout } from './fetch-token.js';
import { createHeartbeat } from './heartbeat.js';
import { isVideoWatched } from './media.js';
import type { Ports, ViewCarrier } from './ports.js';
import { safely } from './safely.js';
import { sharedViewOf } from './shared-view.js';
import { createTicker } from './ticker.js';
import { beacon, post, postLast } from './transport.js';

export type { GetToken, Handle, Info, StartOptions, Visitor } from './api.js';

/**
 * Sends heartbeats for a visitor until they are stopped or the page closes. Never throws: wrong options are reported by a
 * warning in the console.
 */
export function start(options: StartOptions): Handle {
  return safely(() => run(options)) ?? { update() {}, stop() {} };
}

function run({ service, intervalSeconds, media, getToken, ...first }: StartOptions): Handle {
  const base = new URL('.', service ? `${service.replace(/\/$/, '')}/` : import.meta.url).href;
  // NaN and negative numbers must not turn into heartbeats without a pause.
  const maxIntervalMs = Number(intervalSeconds) > 0 ? 1000 * Number(intervalSeconds) : Infinity;
  let visitor = copy(first);
  const shared = sharedViewOf(base);

  const ports: Ports = {
    post: (path, body) => post(base + path, body),
    postLast: (path, body) => postLast(base + path, body),
    beacon: (path, body) => beacon(base + path, body),
    asker: () => shared.asker,
    getToken: getToken && (async (uid) => withTimeout(Promise.resolve(getToken(uid)))),
    schedule: (delayMs) => ticker.schedule(delayMs),
    idleSeconds: () => activity.idleSeconds(),
    random: Math.random,
    nowMs: Date.now,
    isOnline: () => navigator.onLine,
    isPrerendering: () => Boolean((document as { prerendering?: boolean }).prerendering),
    warn: (message) => console.warn(`Presence ${message}`),
  };
  const heartbeat = createHeartbeat(ports, visitor, { maxIntervalMs, session: createSession() });
  const ticker = createTicker(() => heartbeat.wake());
  const activity = watchActivity({
    awayMs: heartbeat.intervalMs,
    isWatching: () => media === 'active' && isVideoWatched(),
    onReturn: heartbeat.beat,
  });
  const onVisibilityChange = () => {
    if (!document.hidden) heartbeat.beatUnlessRecent();
  };
  const onPrerenderingChange = () => {
    activity.markActive();
    heartbeat.beatUnlessRecent();
  };
  const onPageShow = (event: PageTransitionEvent) => {
    if (event.persisted) activity.markActive();
    heartbeat.resume();
  };
  const listeners: [EventTarget, string, (event: never) => void][] = [
    [window, 'pagehide', heartbeat.pause],
    [window, 'pageshow', onPageShow],
    [window, 'online', heartbeat.beatUnlessRecent],
    [document, 'visibilitychange', onVisibilityChange],
    [document, 'prerenderingchange', onPrerenderingChange],
  ];
  for (const [target, type, listener] of listeners) target.addEventListener(type, listener as EventListener);
  const carrier: ViewCarrier = { ...heartbeat, room: () => visitor.room };
  shared.carrier = carrier;
  heartbeat.beat();

  return {
    update(changes) {
      safely(() => {
        visitor = copy({ ...visitor, ...changes });
        heartbeat.update(visitor);
      });
    },
    stop() {
      heartbeat.stop();
      if (shared.carrier === carrier) shared.carrier = undefined;
      ticker.stop();
      activity.stop();
      for (const [target, type, listener] of listeners) target.removeEventListener(type, listener as EventListener);
    },
  };
}

/** A deep copy, which later changes by the page do not reach. Throws at once for what JSON cannot carry. */
const copy = (visitor: Visitor): Visitor => JSON.parse(JSON.stringify(visitor));

/** A random name for this page. It is not stored, since duplicating a tab copies sessionStorage. */
function createSession(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join('');
}
