import { TokenVerifier } from '../auth/tokens.js';
import { WatchGate } from '../auth/watch-access.js';
import type { Config } from '../config/settings.js';
import { HitLimits } from '../limits/heartbeat-limits.js';
import { StreamsPerAddress } from '../limits/streams-per-address.js';
import type { Counters } from '../metrics/counters.js';
import type { Metrics } from '../metrics/prometheus.js';
import type { History } from '../presence/history.js';
import type { Presence } from '../presence/presence.js';
import type { Clock } from '../runtime/clock.js';
import type { FeedKind, Feeds } from '../streams/feeds.js';
import type { Hub } from '../streams/hub.js';
import type { Assets } from './assets.js';
import type { Route, RouterDependencies } from './router.js';
import { createPageRoutes } from './routes/files.js';
import { handleHealth } from './routes/health.js';
import { createHitHandler, createLeaveHandler } from './routes/heartbeats.js';
import { createLookUps } from './routes/look-ups.js';
import { createMetricsHandler } from './routes/metrics.js';
import { createSignInRoutes, createWatchGuard } from './routes/sign-in.js';
import { createStreamHandler } from './routes/streams.js';

/** All that any route needs. */
export interface RoutesDependencies {
  readonly config: Config;
  readonly assets: Assets;
  readonly presence: Presence;
  /** Takes heartbeats and goodbyes: presence itself, or what shares them with other instances too. */
  readonly tracker: Pick<Presence, 'hit' | 'leave'>;
  readonly history: History;
  readonly hub: Hub;
  readonly feeds: Feeds;
  readonly counters: Counters;
  /** Undefined when nobody is to see any. */
  readonly metrics: Metrics | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onFault: RouterDependencies['onFault'];
}

const VISITOR_PREFIX = '/v1/visitors/';

/** All that the service does, by path. */
export function createRoutes(dependencies: RoutesDependencies): (path: string) => Route | undefined {
  const { config, clock, metrics, onFault } = dependencies;
  const { trust } = config;
  const { maxBodyBytes } = config.http;
  const verifier = trust.hitSecrets.length === 0 ? undefined : new TokenVerifier({ secrets: trust.hitSecrets, clock });
  const hits = { ...dependencies, maxBodyBytes, verifier, limits: new HitLimits(trust, clock) };

  const gate = new WatchGate(trust.watchSecrets, clock);
  const guarded = createWatchGuard({ gate, maxBodyBytes, onFault });
  const totals: typeof guarded = trust.publicTotals ? (handler) => handler : guarded;

  const lookUps = createLookUps(dependencies);
  const perAddress = new StreamsPerAddress(trust.streamsPerAddress);
  const streams = { ...dependencies, perAddress, trustedHops: trust.trustedHops, gzip: config.streams.gzip };
  const stream = (kind: FeedKind) => createStreamHandler(streams, kind);
  const health: Route = { get: handleHealth, anyOrigin: true };

  const routes = new Map<string, Route>([
    ['/v1/hit', { post: createHitHandler(hits) }],
    ['/v1/leave', { post: createLeaveHandler(hits) }],
    ['/v1/online', { get: guarded(lookUps.online, 'named') }],
    ['/v1/totals', { get: totals(lookUps.totals, 'named') }],
    ['/v1/history', { get: guarded(lookUps.history, 'named') }],
    ['/v1/rooms', { get: guarded(lookUps.rooms, 'filtered') }],
    ['/v1/visitors', { get: guarded(lookUps.visitors, 'filtered') }],
    ['/sse/online', { get: guarded(stream('online'), 'named') }],
    ['/sse/totals', { get: totals(stream('totals'), 'named') }],
    ['/sse/changes', { get: guarded(stream('changes'), 'named') }],
    ['/healthz', health],
    ['/readyz', health],
    ['/health', health],
    ...createSignInRoutes({ gate, maxBodyBytes, onFault }),
    ...createPageRoutes(dependencies.assets, config.http.frameAncestors),
  ]);
  if (metrics !== undefined) routes.set('/metrics', { get: createMetricsHandler(metrics, trust, onFault) });

  return (path) => {
    const route = routes.get(path);
    if (route !== undefined || !path.startsWith(VISITOR_PREFIX)) return route;
    return { get: guarded(lookUps.visitor(path.slice(VISITOR_PREFIX.length)), 'filtered') };
  };
}
