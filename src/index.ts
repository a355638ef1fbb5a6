/**
 * The exported HTTP function, `presence`, and the only file that touches the process: its environment, clocks, timers,
 * signals and server.
 */
import { randomBytes } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import { http } from '@google-cloud/functions-framework';
import { readConfig } from './config/read-config.js';
import { readAssets } from './http/assets.js';
import { systemClock } from './runtime/clock.js';
import { createLog } from './runtime/log.js';
import { systemTimers } from './runtime/timers.js';
import { readVersion } from './runtime/version.js';
import { onNextServer, setUpServer } from './server/direct-dispatch.js';
import { handleProcessEvents } from './server/process-events.js';
import { createShutdown } from './server/shutdown.js';
import { createService } from './service.js';

const result = readConfig(process.env);
if (!result.ok) {
  const problems = result.error.map(({ variable, message }) => `${variable} ${message}`).join('; ');
  createLog({ level: 'info', project: undefined }).critical(`Cannot start: ${problems}.`);
  process.exit(1);
}
const config = result.value;
const log = createLog(config.log);
// Before anything is awaited: as process 1 of a container, a process without a handler ignores SIGTERM.
let stop = (code: number): void => process.exit(code);
const removeFrameworkListeners = handleProcessEvents(process, log, (code) => stop(code));
const timers = systemTimers(log);
const { redis, trust } = config;
// Imported only when needed: a service without metrics, Redis or webhooks starts sooner.
const createMetrics = trust.metrics === 'off' ? undefined : (await import('./metrics/prometheus.js')).createMetrics;
const openLog = redis && (await import('./replication/log/redis-log.js')).createRedisLog(redis);
const lastSeenStore =
  redis && (await import('./replication/log/redis-last-seen.js')).createRedisLastSeen(redis, `${redis.key}:last-seen`);
const createWebhooks = config.webhooks && (await import('./webhooks/webhooks.js')).createWebhooks;
const leaseStore =
  createWebhooks &&
  redis &&
  (await import('./replication/log/redis-lease.js')).createRedisLease(redis, `${redis.key}:webhooks`);
const service = createService({
  config,
  assets: readAssets(),
  clock: systemClock,
  timers,
  random: Math.random,
  createId: () => randomBytes(12).toString('base64url'),
  processId: randomBytes(8).toString('hex'),
  version: readVersion(),
  log,
  createMetrics,
  createWebhooks,
  leaseStore,
  openLog,
  lastSeenStore,
});
// Before the server listens, so that the first watcher sees all visitors that the other instances know.
const problem = await service.start();
if (problem !== undefined && redis?.isRequired) {
  log.critical('Cannot start: REDIS_REQUIRED is on, and Redis cannot be used.', { problem });
  process.exit(1);
}

const servers = new Set<Server>();
stop = createShutdown({
  servers: () => servers,
  drain: () => service.drain(),
  timers,
  log,
  exit: (code) => void service.stop().finally(() => process.exit(code)),
});

function adopt(server: Server, listener: RequestListener | undefined): void {
  servers.add(server);
  setUpServer(server, { settings: config.http, listener, answerClientError: service.answerClientError });
}

onNextServer((server) => {
  adopt(server, config.directDispatch ? service.handle : undefined);
  server.once('listening', () => {
    // The framework's own 'listening' callback runs after this one, and adds the listeners that must be removed.
    setImmediate(removeFrameworkListeners);
    log.info('Listening.', { address: server.address(), directDispatch: config.directDispatch });
  });
});

http('presence', (request, response) => {
  const { server } = request.socket as typeof request.socket & { server?: Server };
  if (server !== undefined && !servers.has(server)) {
    // Node has not announced the server, so the first request is the first sign of it.
    adopt(server, undefined);
    removeFrameworkListeners();
  }
  service.handle(request, response);
});
