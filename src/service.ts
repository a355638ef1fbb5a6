import type { IncomingMessage, ServerResponse } from 'node:http';
import { HandoverAccess } from './auth/handover-access.js';
import type { Config } from './config/settings.js';
import type { Assets } from './http/assets.js';
import { clientErrorAnswer } from './http/client-error.js';
import type { Context } from './http/context.js';
import { createCors } from './http/cors.js';
import { createRouter } from './http/router.js';
import { createRoutes } from './http/routes.js';
import { Arrivals } from './metrics/arrivals.js';
import { Counters } from './metrics/counters.js';
import type { Metrics, MetricsDependencies } from './metrics/prometheus.js';
import { History } from './presence/history.js';
import { Presence } from './presence/presence.js';
import type { Diff } from './presence/types.js';
import type { ErrorCode } from './protocol/errors.js';
import { receiveHistory } from './replication/handover/history-receiver.js';
import { HandoverReceiver } from './replication/handover/receiver.js';
import { HandoverSource } from './replication/handover/source.js';
import { LastSeenSync } from './replication/last-seen-sync.js';
import type { LastSeenStore } from './replication/log/redis-last-seen.js';
import type { OpenLog } from './replication/log/shared-log.js';
import { horizonMs } from './replication/operations.js';
import { Replica } from './replication/replica.js';
import { Replicator } from './replication/replicator.js';
import type { Clock } from './runtime/clock.js';
import { watchGaps } from './runtime/gaps.js';
import { type Log, traceField } from './runtime/log.js';
import type { Timers } from './runtime/timers.js';
import { Feeds } from './streams/feeds.js';
import { HeartbeatSilence } from './streams/heartbeat-silence.js';
import { Hub } from './streams/hub.js';
import { moveWatchersOn } from './streams/moving.js';
import { startRhythm } from './streams/rhythm.js';
import type { LeaseStore } from './webhooks/lease.js';
import type { Webhooks, WebhooksDependencies } from './webhooks/webhooks.js';

/** The settings, and the parts of the outside world that the service works with. */
export interface ServiceDependencies {
  readonly config: Config;
  readonly assets: Assets;
  readonly clock: Clock;
  readonly timers: Timers;
  /** A number from 0 up to but not including 1. */
  readonly random: () => number;
  /** Creates texts that are unique and impossible to guess. */
  readonly createId: () => string;
  /** Lower-case letters and digits, unique to this start of the service. */
  readonly processId: string;
  /** The version in package.json. */
  readonly version: string;
  readonly log: Log;
  /** Undefined when metrics are off. */
  readonly createMetrics?: ((dependencies: MetricsDependencies) => Metrics) | undefined;
  /** Undefined when no webhooks are sent. */
  readonly createWebhooks?: ((dependencies: WebhooksDependencies) => Webhooks) | undefined;
  /** Where instances agree which of them sends webhooks; undefined for a single instance. */
  readonly leaseStore?: LeaseStore | undefined;
  /** Where it is kept when visitors were last here; undefined for this process only. */
  readonly lastSeenStore?: LastSeenStore | undefined;
  /** Connects to the log that instances share; undefined for a single instance. */
  readonly openLog?: OpenLog | undefined;
}

/** The presence service, independent of the server that runs it. */
export interface Service {
  /** Answers one request. Never throws. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Every path that is served, for tests and documents. */
  readonly paths: readonly string[];
  /** The whole answer, as text for the socket, to a client whose request cannot be parsed. */
  readonly answerClientError: (error: NodeJS.ErrnoException) => string;
  /** Ends every open stream with a time to reconnect, and from now on every new one at once. */
  drain(): void;
  /**
   * Loads what the other instances know, and shares presence with them from then on. A single instance takes over the state
   * of the process that it replaces, if `PEER_URL` is set. Call it before the service gets requests.
   *
   * @returns why presence is not shared, in a sentence, or undefined. The service then works alone, and keeps trying.
   */
  start(): Promise<string | undefined>;
  /** Publishes what the other instances do not have yet, and sends the webhooks that wait. Takes two seconds at most. */
  stop(): Promise<void>;
}

const HISTORY = { intervalMs: 10_000, spanMs: 3_600_000 };
/** How often heartbeats that change nothing are published per tick. */
const PUBLISHES_PER_TICK = 4;
/** Publishing and reading this often, and one check per second, are less than 15 commands per second. */
const MIN_SHARE_INTERVAL_MS = 150;

/** Wires the parts together and starts the tick. Opens no port and reads nothing of the process. */
export function createService(outside: ServiceDependencies): Service {
  const { config, timers, random, createId, processId, log, createMetrics, version } = outside;
  const { tickIntervalMs } = config.streams;
  const heartbeatMs = config.http.heartbeatSeconds * 1000;
  const clock = watchGaps(outside.clock, tickIntervalMs + heartbeatMs / 2, (fromMs, toMs) => {
    log.warn('This process did not run for a while. Visitors get time for another heartbeat.', { ms: toMs - fromMs });
    presence.bridgeGap({ fromMs, toMs }, heartbeatMs);
    replica?.bridgeGap({ fromMs, toMs }, heartbeatMs);
  });
  const dependencies = { ...outside, clock };
  let serveChanges = () => {};
  const presence = new Presence(config.presence, () => serveChanges());
  const history = new History({
    ...HISTORY,
    startedMs: clock.wallMs(),
    onlineWindowMs: config.presence.onlineWindowMs,
  });
  const counters = new Counters();
  const arrivals = new Arrivals({ clock, log });
  const replica = outside.openLog && new Replica({ presence, settings: config.presence, origin: processId });
  const replicator = createReplicator(dependencies, presence, replica);
  const store = config.presence.lastSeenKeptMs > 0 ? dependencies.lastSeenStore : undefined;
  const lastSeen = store && new LastSeenSync({ ...dependencies, presence, store, settings: config.presence });
  const hub = new Hub({ clock, random, log, createStreamId: createId, counters, settings: config.streams });
  const webhooks =
    config.webhooks && dependencies.createWebhooks?.({ ...dependencies, presence, settings: config.webhooks });
  const onDiffs = (diffs: readonly Diff[]) => webhooks?.take(diffs);
  const feeds = new Feeds({ presence, clock, hub, tickIntervalMs, processId, onDiffs });
  const metrics = createMetrics?.({ presence, feeds, counters, clock, replicator, webhooks, version });
  const silence = new HeartbeatSilence(heartbeatMs, clock.nowMs());
  const handoverAccess = new HandoverAccess(config, clock);
  const handoverSource = new HandoverSource({
    ...{ presence, history, clock, processId },
    isPublic: handoverAccess.isOpen,
    onHeartbeat: (nowMs) => {
      silence.add(nowMs);
      webhooks?.resume();
    },
  });
  // Where instances share presence, this one knows every heartbeat, and watchers may stay.
  if (replicator === undefined) {
    const hasPeer = config.handover.peerUrl !== undefined;
    const successor = handoverSource;
    // Its visitors are about to expire here, and are online there.
    const onReplaced = () => webhooks?.pause();
    moveWatchersOn({ presence, hub, silence, heartbeatMs, hasPeer, successor, onReplaced, clock, timers, log });
  }
  const tracker = replicator ?? handoverSource;
  const handover = { handoverSource, handoverAccess };
  const routes = createRoutes({
    ...dependencies,
    ...handover,
    presence,
    tracker,
    history,
    hub,
    feeds,
    counters,
    arrivals,
    metrics,
    replicator,
    webhooks,
  });

  serveChanges = startRhythm({
    ...{ presence, feeds, hub, clock, timers, log },
    settings: config.streams,
    observeTick: (durationMs, delayMs) => metrics?.observeTick(durationMs, delayMs),
    observeFlush: (durationMs) => metrics?.observeFlush(durationMs),
  });
  timers.every(HISTORY.intervalMs, () => history.sample(presence.totalsByRoom(clock.nowMs()), clock.wallMs()));

  const { peerUrl } = config.handover;
  const issueTokens = () => handoverAccess.issueTokens();
  const peer = peerUrl === undefined ? undefined : { ...dependencies, history, peerUrl, issueTokens };
  const receiver =
    peer && replicator === undefined
      ? new HandoverReceiver({ ...peer, presence, settings: config.presence })
      : undefined;

  let isStopping = false;
  const countRejection = (code: ErrorCode, context?: Context) => {
    counters.countRejection(code);
    if (context?.path === '/v1/hit') arrivals.countRefusal(context.request.headers, code, context.unreadableBody);
  };
  const onFault = (error: unknown, request: IncomingMessage) =>
    log.error('A request failed.', { error, ...traceField(request.headers, config.log.project) });
  const cors = createCors(config.http.allowOrigins);
  return {
    handle: createRouter({ cors, findRoute: routes.find, isStopping: () => isStopping, countRejection, onFault }),
    paths: routes.paths,
    answerClientError: (error) => clientErrorAnswer(error, cors.decide(undefined, undefined).headers, countRejection),
    drain: () => {
      isStopping = true;
      hub.drain();
      receiver?.stop();
      handoverSource.endAll();
    },
    start: async () => {
      // With Redis, it has the visitors and not the history.
      if (peer !== undefined && replicator !== undefined) void receiveHistory(peer);
      await Promise.all([replicator?.start(), lastSeen?.start()]);
      if (await receiver?.start()) history.completeFrom(clock.wallMs());
      // New watchers start from the last flush, which must include what was received.
      feeds.flush();
      webhooks?.start();
      const completeSinceMs = replicator?.completeSinceMs;
      if (completeSinceMs !== undefined) {
        history.completeFrom(clock.wallMs() - clock.nowMs() + completeSinceMs + config.presence.onlineWindowMs);
      }
      return replicator?.problem;
    },
    stop: async () => {
      await Promise.all([replicator?.stop(), webhooks?.stop(), lastSeen?.stop()]);
    },
  };
}

function createReplicator(
  dependencies: ServiceDependencies,
  presence: Presence,
  replica: Replica | undefined,
): Replicator | undefined {
  const { config, clock, timers, random, processId: origin, log, openLog: open } = dependencies;
  if (open === undefined || replica === undefined) return undefined;
  const { tickIntervalMs, changeIntervalMs } = config.streams;
  const settings = {
    periodMs: Math.max(MIN_SHARE_INTERVAL_MS, changeIntervalMs),
    maxWaitMs: tickIntervalMs / PUBLISHES_PER_TICK,
    horizonMs: horizonMs(config.presence),
    maxOutboxOperations: config.presence.maxVisitors,
  };
  return new Replicator({ replica, presence, origin, open, clock, timers, random, log, settings });
}
