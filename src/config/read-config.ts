import { cleanEnv, str } from 'envalid';
import { fail, ok, type Result } from '../protocol/result.js';
import { VIEW_LEVELS } from '../protocol/view.js';
import { isRoomType, WEBHOOK_EVENT_TYPES } from '../protocol/webhook-events.js';
import type { Config } from './settings.js';
import {
  decimal,
  frameAncestors,
  label,
  oneOf,
  onOff,
  origins,
  password,
  redisUrl,
  secrets,
  streamKey,
  webUrl,
  whole,
} from './validators.js';
import { webhookEvents, webhookSecrets, webhookUrl } from './webhook-validators.js';

/** A variable with an invalid value, and what to do about it. */
export interface ConfigProblem {
  readonly variable: string;
  readonly message: string;
}

const DEFAULT_ORIGIN = 'https://solar-system-82998.bubbleapps.io';

/** Every variable with its validator and default. docs/configuration.md lists the same; a test compares the two. */
export const VARIABLES = {
  // The framework reads it, and would take any other text for the path of a Unix socket.
  PORT: whole(0, 65_535)({ default: 8080 }),
  CORS_ALLOW_ORIGIN: origins({ default: [DEFAULT_ORIGIN] }),
  FRAME_ANCESTORS: frameAncestors({ default: "'self'" }),
  SITE_NAME: label(60)({ default: undefined }),
  HEARTBEAT_SECONDS: decimal(0.1, 3600)({ default: 30 }),
  ONLINE_WINDOW_SECONDS: decimal(0.1, 86_400)({ default: 60 }),
  ACTIVE_WINDOW_SECONDS: decimal(0.1, 86_400)({ default: 300 }),
  LEAVE_SETTLE_SECONDS: decimal(0, 60)({ default: 3 }),
  MAX_VISITORS: whole(1, 5_000_000)({ default: 200_000 }),
  MAX_ROOMS: whole(0, 1_000_000)({ default: 1000 }),
  MAX_ROOMS_PER_VISITOR: whole(1, 1000)({ default: 50 }),
  LAST_SEEN_SECONDS: decimal(0, 31_536_000)({ default: 86_400 }),
  MAX_LAST_SEEN: whole(0, 5_000_000)({ default: 100_000 }),
  MAX_STREAMS: whole(1, 100_000)({ default: 800 }),
  TICK_INTERVAL_SECONDS: decimal(0.05, 10)({ default: 2 }),
  CHANGE_INTERVAL_MS: whole(10, 10_000)({ default: 100 }),
  STREAM_MAX_AGE_SECONDS: decimal(1, 3600)({ default: 900 }),
  STREAM_DRAIN_TIMEOUT_SECONDS: decimal(0.1, 3600)({ default: 30 }),
  STREAM_GZIP: onOff({ default: true }),
  MAX_BODY_BYTES: whole(512, 65_536)({ default: 8192 }),
  REQUEST_TIMEOUT_SECONDS: decimal(0.1, 300)({ default: 10 }),
  KEEP_ALIVE_SECONDS: whole(1, 7200)({ default: 620 }),
  DIRECT_DISPATCH: onOff({ default: true }),
  HIT_SECRET: secrets({ default: [] }),
  WATCH_SECRET: secrets({ default: [] }),
  PUBLIC_VIEW: oneOf(...VIEW_LEVELS)({ default: 'none' }),
  HITS_PER_UID_PER_MINUTE: whole(0, 100_000)({ default: 0 }),
  HITS_PER_ADDRESS_PER_MINUTE: whole(0, 1_000_000)({ default: 0 }),
  STREAMS_PER_ADDRESS: whole(0, 100_000)({ default: 0 }),
  TRUSTED_HOPS: whole(0, 10)({ default: 1 }),
  METRICS: oneOf('off', 'open', 'token')({ default: 'off' }),
  METRICS_TOKEN: secrets({ default: [] }),
  REDIS_URL: redisUrl({ default: undefined }),
  REDIS_PASSWORD: password({ default: undefined }),
  REDIS_KEY: streamKey({ default: 'presence' }),
  REDIS_REQUIRED: onOff({ default: false }),
  WEBHOOK_URL: webhookUrl({ default: undefined }),
  WEBHOOK_SECRET: webhookSecrets({ default: [] }),
  WEBHOOK_BATCH_SECONDS: decimal(0, 60)({ default: 2 }),
  WEBHOOK_EVENTS: webhookEvents({ default: 'all' }),
  WEBHOOK_ROOMS: onOff({ default: false }),
  PEER_URL: webUrl({ default: undefined }),
  HANDOVER_SECRET: secrets({ default: [] }),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')({ default: 'info' }),
  GOOGLE_CLOUD_PROJECT: str({ default: undefined }),
};

/**
 * Reads the settings from environment variables. docs/configuration.md lists them with their defaults. An empty variable
 * counts as unset. Never throws: returns all problems at once.
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
): Result<Config, readonly ConfigProblem[]> {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const problems: ConfigProblem[] = [];
  // Ignored, it would close what an operator has opened, without a word.
  if (set.PUBLIC_TOTALS !== undefined) {
    const message = 'is replaced by PUBLIC_VIEW: remove it, and where it was on, set PUBLIC_VIEW=totals';
    problems.push({ variable: 'PUBLIC_TOTALS', message });
  }
  const env = cleanEnv(set, VARIABLES, {
    reporter: ({ errors }) => {
      for (const [variable, error] of Object.entries(errors)) problems.push({ variable, message: error.message });
    },
  });
  if (problems.length > 0) return fail(problems);
  if (env.ONLINE_WINDOW_SECONDS < 2 * env.HEARTBEAT_SECONDS) {
    const shortest = 2 * env.HEARTBEAT_SECONDS;
    const message = `must be at least two heartbeats (2 x HEARTBEAT_SECONDS = ${shortest}), or one late heartbeat takes a visitor offline; it is ${env.ONLINE_WINDOW_SECONDS}`;
    return failBecause('ONLINE_WINDOW_SECONDS', message);
  }
  if (env.METRICS === 'token' && env.METRICS_TOKEN.length === 0) {
    return failBecause('METRICS_TOKEN', 'must be set when METRICS is token');
  }
  if (env.REDIS_REQUIRED && env.REDIS_URL === undefined) {
    return failBecause('REDIS_URL', 'must be set when REDIS_REQUIRED is on');
  }
  if (env.WEBHOOK_URL !== undefined && env.WEBHOOK_SECRET.length === 0) {
    return failBecause('WEBHOOK_SECRET', 'must be set when WEBHOOK_URL is');
  }
  const { WEBHOOK_EVENTS: named, WEBHOOK_ROOMS: hasRooms } = env;
  if (named !== 'all' && named.some(isRoomType) && !hasRooms) {
    return failBecause('WEBHOOK_EVENTS', 'must not name events of rooms unless WEBHOOK_ROOMS is on');
  }
  if (env.WATCH_SECRET.some((secret) => env.HIT_SECRET.includes(secret))) {
    return failBecause(
      'WATCH_SECRET',
      "must be another than HIT_SECRET, or every visitor's token would open what it guards",
    );
  }
  return ok({
    presence: {
      onlineWindowMs: ms(env.ONLINE_WINDOW_SECONDS),
      activeWindowMs: ms(env.ACTIVE_WINDOW_SECONDS),
      leaveSettleMs: ms(env.LEAVE_SETTLE_SECONDS),
      maxVisitors: env.MAX_VISITORS,
      maxRooms: env.MAX_ROOMS,
      maxRoomsPerVisitor: env.MAX_ROOMS_PER_VISITOR,
      lastSeenKeptMs: ms(env.LAST_SEEN_SECONDS),
      maxLastSeen: env.MAX_LAST_SEEN,
      maxSessions: 32,
    },
    streams: {
      tickIntervalMs: ms(env.TICK_INTERVAL_SECONDS),
      changeIntervalMs: env.CHANGE_INTERVAL_MS,
      maxStreams: env.MAX_STREAMS,
      maxStreamsPerAddress: env.STREAMS_PER_ADDRESS,
      maxAgeMs: ms(env.STREAM_MAX_AGE_SECONDS),
      drainTimeoutMs: ms(env.STREAM_DRAIN_TIMEOUT_SECONDS),
      gzip: env.STREAM_GZIP,
    },
    http: {
      allowOrigins: env.CORS_ALLOW_ORIGIN,
      frameAncestors: env.FRAME_ANCESTORS,
      siteName: env.SITE_NAME,
      heartbeatSeconds: env.HEARTBEAT_SECONDS,
      maxBodyBytes: env.MAX_BODY_BYTES,
      requestTimeoutMs: ms(env.REQUEST_TIMEOUT_SECONDS),
      keepAliveMs: ms(env.KEEP_ALIVE_SECONDS),
    },
    trust: {
      hitSecrets: env.HIT_SECRET,
      watchSecrets: env.WATCH_SECRET,
      publicView: env.PUBLIC_VIEW,
      hitsPerUidPerMinute: env.HITS_PER_UID_PER_MINUTE,
      hitsPerAddressPerMinute: env.HITS_PER_ADDRESS_PER_MINUTE,
      trustedHops: env.TRUSTED_HOPS,
      metrics: env.METRICS,
      metricsTokens: env.METRICS_TOKEN,
    },
    redis:
      env.REDIS_URL === undefined
        ? undefined
        : {
            url: env.REDIS_URL,
            password: env.REDIS_PASSWORD,
            key: env.REDIS_KEY,
            isRequired: env.REDIS_REQUIRED,
          },
    webhooks:
      env.WEBHOOK_URL === undefined
        ? undefined
        : {
            url: env.WEBHOOK_URL,
            secrets: env.WEBHOOK_SECRET,
            batchMs: ms(env.WEBHOOK_BATCH_SECONDS),
            types: new Set(
              named === 'all' ? WEBHOOK_EVENT_TYPES.filter((type) => hasRooms || !isRoomType(type)) : named,
            ),
            hasRooms,
          },
    handover: { peerUrl: env.PEER_URL, secrets: env.HANDOVER_SECRET },
    log: { level: env.LOG_LEVEL, project: env.GOOGLE_CLOUD_PROJECT },
    directDispatch: env.DIRECT_DISPATCH,
  });
}

const ms = (seconds: number): number => Math.round(seconds * 1000);

const failBecause = (variable: string, message: string) => fail([{ variable, message }]);
