import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from './config/settings.js';
import type { Assets } from './http/assets.js';
import { clientErrorAnswer } from './http/client-error.js';
import { createCors } from './http/cors.js';
import { createRouter } from './http/router.js';
import { createRoutes } from './http/routes.js';
import { Counters } from './metrics/counters.js';
import type { Metrics, MetricsDependencies } from './metrics/prometheus.js';
import { History } from './presence/history.js';
import { Presence } from './presence/presence.js';
import type { ErrorCode } from './protocol/errors.js';
import type { OpenLog } from './replication/log/shared-log.js';
import { horizonMs } from './replication/operations.js';
import { Replica } from './replication/replica.js';
import { Replicator } from './replication/replicator.js';
import type { Clock } from './runtime/clock.js';
import { type Log, traceField } from './runtime/log.js';
import { createTick } from './runtime/tick.js';
import type { Timers } from './runtime/timers.js';
import { Feeds } from './streams/feeds.js';
import { Hub } from './streams/hub.js';

/** What the service is made of: settings, and the parts of the world it touches. */
export interface ServiceDependencies {
  readonly config: Config;
  readonly assets: Assets;
  readonly clock: Clock;
  readonly timers: Timers;
  /** A number from 0 up to but not including 1. */
  readonly random: () => number;
  /** Lower-case letters and digits that no other start of the service has. */
  readonly processId: string;
  /** The service's version, for metrics. */
  readonly version: string;
  readonly log: Log;
  /** Undefined when nobody is to see any. */
  readonly createMetrics?: ((dependencies: MetricsDependencies) => Metrics) | undefined;
  /** Opens what presence is shared through with other instances; undefined for one that keeps it alone. */
  readonly openLog?: OpenLog | undefined;
}

/** The presence service, wherever it runs. */
export interface Service {
  /** Answers one request. Never throws. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** The whole answer to a client whose request cannot be read, in HTTP's own bytes. */
  readonly answerClientError: (error: NodeJS.ErrnoException) => string;
  /** Ends every stream with a word on when to come back, and each new one at once. */
  drain(): void;
  /**
   * Hears of everything that the other instances know, and shares presence with them from then on. At once when there are
   * none.
   *
   * @returns what stands in the way, in a sentence; the service works all the same, alone, and tries again
   */
  start(): Promise<string | undefined>;
  /** Tells the other instances the last that they do not know yet. Takes a second at most. */
  stop(): Promise<void>;
}

const HISTORY = { intervalMs: 10_000, spanMs: 3_600_000 };
/** What was taken is told so often in every tick. */
const TELLINGS_PER_TICK = 4;

/** Puts the parts together and starts the tick. Opens no port and reads nothing of the process. */
export function createService(dependencies: ServiceDependencies): Service {
  const { config, assets, clock, timers, random, processId, log } = dependencies;
  const presence = new Presence(config.presence);
  const history = new History({
    ...HISTORY,
    startedMs: clock.wallMs(),
    onlineWindowMs: config.presence.onlineWindowMs,
  });
  const counters = new Counters();
  const replicator = createReplicator(dependencies, presence);
  const { tickIntervalMs: intervalMs } = config.streams;
  const hub = new Hub({ clock, random, log, counters, settings: config.streams });
  const feeds = new Feeds({ presence, clock, hub, tickIntervalMs: intervalMs, processId });
  const { createMetrics, version } = dependencies;
  const metrics = createMetrics?.({ presence, feeds, counters, clock, replicator, version });
  const onFault = (error: unknown, request: IncomingMessage) =>
    log.error('A request failed.', { error, ...traceField(request.headers, config.log.project) });
  const state = { config, assets, presence, history, hub, feeds, counters, metrics };
  const findRoute = createRoutes({ ...state, tracker: replicator ?? presence, clock, random, onFault });

  const parts = [() => presence.advance(clock.nowMs()), () => feeds.flush(), () => hub.tick(), () => feeds.prune()];
  const observe = (durationMs: number, lateMs: number) => metrics?.observeTick(durationMs, lateMs);
  timers.every(intervalMs, createTick({ parts, intervalMs, clock, timers, log, observe }));
  timers.every(HISTORY.intervalMs, () => history.sample(presence.totalsByRoom(clock.nowMs()), clock.wallMs()));

  let leaving = false;
  const countRejection = (code: ErrorCode) => counters.countRejection(code);
  const cors = createCors(config.http.allowOrigins);
  return {
    handle: createRouter({ cors, findRoute, isLeaving: () => leaving, countRejection, onFault }),
    answerClientError: (error) => clientErrorAnswer(error, cors.decide(undefined, undefined).headers, countRejection),
    drain: () => {
      leaving = true;
      hub.drain();
    },
    start: async () => {
      await replicator?.start();
      const completeSinceMs = replicator?.completeSinceMs;
      if (completeSinceMs !== undefined) {
        history.completeFrom(clock.wallMs() - clock.nowMs() + completeSinceMs + config.presence.onlineWindowMs);
      }
      return replicator?.problem;
    },
    stop: async () => replicator?.stop(),
  };
}

function createReplicator(dependencies: ServiceDependencies, presence: Presence): Replicator | undefined {
  const { config, clock, timers, random, processId: origin, log, openLog: open } = dependencies;
  if (open === undefined) return undefined;
  const replica = new Replica({ presence, settings: config.presence, origin });
  const settings = {
    periodMs: config.streams.tickIntervalMs / TELLINGS_PER_TICK,
    horizonMs: horizonMs(config.presence),
    maxOutboxOperations: config.presence.maxVisitors,
  };
  return new Replicator({ replica, origin, open, clock, timers, random, log, settings });
}
