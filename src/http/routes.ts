import type { HandoverAccess } from '../auth/handover-access.js';
import { TokenVerifier } from '../auth/tokens.js';
import { WatchAccess } from '../auth/watch-access.js';
import { HeartbeatLimits } from '../limits/heartbeat-limits.js';
import type { Arrivals } from '../metrics/arrivals.js';
import type { Counters } from '../metrics/counters.js';
import type { Metrics } from '../metrics/prometheus.js';
import type { History } from '../presence/history.js';
import type { HandoverSource } from '../replication/handover/source.js';
import type { FeedKind, Feeds } from '../streams/feeds.js';
import { Views } from '../streams/views.js';
import { answerOk } from './answer.js';
import type { Assets } from './assets.js';
import type { Route } from './router.js';
import { createBadges } from './routes/badges.js';
import { createErasure } from './routes/erasure.js';
import { createFileRoutes } from './routes/files.js';
import { createHandoverHandler } from './routes/handover.js';
import { createHitHandler, createLeaveHandler, type Tracker } from './routes/heartbeats.js';
import { createLookUps } from './routes/look-ups.js';
import { createMetricsHandler } from './routes/metrics.js';
import { createServiceStateHandler, type ServiceStateDependencies } from './routes/service-state.js';
import { createSetUpHandler } from './routes/set-up.js';
import { createSignInRoutes } from './routes/sign-in.js';
import { createStreamHandler, createUnwatchHandler } from './routes/streams.js';
import { createTokenHandler } from './routes/tokens.js';
import { createViewHandler } from './routes/view.js';
import { createWatchGuard, type WatchGuard } from './watch-guard.js';

/** Everything that some route needs. */
export interface RoutesDependencies extends ServiceStateDependencies {
  readonly assets: Assets;
  readonly tracker: Tracker;
  readonly handoverSource: HandoverSource;
  readonly handoverAccess: HandoverAccess;
  readonly history: History;
  readonly feeds: Feeds;
  readonly counters: Counters;
  readonly arrivals: Arrivals;
  /** Undefined when metrics are off. */
  readonly metrics: Metrics | undefined;
  readonly random: () => number;
}

/** The table of all routes. */
export interface Routes {
  /** The route of a path, if there is one. */
  readonly find: (path: string) => Route | undefined;
  /** Every path, for tests and documents; `:uid` stands for the uid of any visitor. */
  readonly paths: readonly string[];
}

const VISITOR_PREFIX = '/v1/visitors/';

/** Makes the handlers of all routes. */
export function createRoutes(dependencies: RoutesDependencies): Routes {
  const { config, clock, arrivals, metrics } = dependencies;
  const { trust } = config;
  const { maxBodyBytes, heartbeatSeconds } = config.http;
  const views = new Views(dependencies.presence, clock);
  const watchAccess = new WatchAccess(trust.watchSecrets, clock);
  const verifier = trust.hitSecrets.length === 0 ? undefined : new TokenVerifier({ secrets: trust.hitSecrets, clock });
  const heartbeats = {
    ...dependencies,
    maxBodyBytes,
    heartbeatSeconds,
    views,
    publicView: watchAccess.isOpen ? ('everything' as const) : trust.publicView,
    verifier,
    limits: new HeartbeatLimits(trust, clock),
  };

  const guarded = createWatchGuard(watchAccess);
  const totals: WatchGuard = trust.publicView === 'none' ? guarded : (handler) => handler;

  const lookUps = createLookUps(dependencies);
  const erasure = createErasure({ ...dependencies, watchSecrets: trust.watchSecrets });
  const badges = createBadges({ ...dependencies, watchAccess, publicView: trust.publicView });
  const streams = { ...dependencies, trustedHops: trust.trustedHops, gzip: config.streams.gzip };
  const stream = (kind: FeedKind) => createStreamHandler(streams, kind);
  // The process answers, and it depends on nothing else that could be checked.
  const health: Route = { get: answerOk, anyOrigin: true };

  const routes = new Map<string, Route>([
    ['/v1/hit', { post: createHitHandler(heartbeats) }],
    ['/v1/leave', { post: createLeaveHandler(heartbeats) }],
    ['/v1/online', { get: guarded(lookUps.online, 'named') }],
    ['/v1/totals', { get: totals(lookUps.totals, 'named', 'totals') }],
    ['/v1/history', { get: guarded(lookUps.history, 'named', 'totals') }],
    ['/v1/rooms', { get: guarded(lookUps.rooms, 'filtered') }],
    ['/v1/service', { get: guarded(createServiceStateHandler(dependencies), 'named') }],
    ['/v1/setup', { get: guarded(createSetUpHandler(arrivals, config.http, clock), 'named') }],
    ['/v1/tokens', { post: createTokenHandler(watchAccess, maxBodyBytes) }],
    ['/v1/visitors', { get: guarded(lookUps.visitors, 'filtered') }],
    ['/v1/badge/count.svg', { get: badges.count }],
    ['/v1/badge/status.svg', { get: badges.status }],
    ['/v1/view', { get: createViewHandler({ views, watchAccess, publicView: trust.publicView }) }],
    ['/v1/handover', { get: createHandoverHandler(dependencies.handoverSource, dependencies.handoverAccess) }],
    ['/v1/unwatch', { post: createUnwatchHandler(dependencies.hub, maxBodyBytes) }],
    ['/sse/online', { get: guarded(stream('online'), 'named') }],
    ['/sse/totals', { get: totals(stream('totals'), 'named', 'totals') }],
    ['/sse/changes', { get: guarded(stream('changes'), 'named') }],
    ['/healthz', health],
    ['/readyz', health],
    ['/health', health],
    ...createSignInRoutes(watchAccess, maxBodyBytes),
    ...createFileRoutes(dependencies.assets, config.http, arrivals),
  ]);
  if (metrics !== undefined) routes.set('/metrics', { get: createMetricsHandler(metrics, trust) });

  return {
    find: (path) => {
      const route = routes.get(path);
      if (route !== undefined || !path.startsWith(VISITOR_PREFIX)) return route;
      const encodedUid = path.slice(VISITOR_PREFIX.length);
      return { get: guarded(lookUps.visitor(encodedUid), 'filtered'), delete: erasure(encodedUid) };
    },
    paths: [...routes.keys(), `${VISITOR_PREFIX}:uid`],
  };
}
