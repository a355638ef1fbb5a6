/**
 * The one exported HTTP function, `presence`, and the only place that touches the process: its environment, clocks,
 * timers, signals and server.
 */
import { randomBytes } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import { http } from '@google-cloud/functions-framework';
import { systemClock } from './clock.js';
import { readConfig } from './config.js';
import { readAssets } from './host/assets.js';
import { handleProcessEvents } from './host/process.js';
import { createShutdown } from './host/shutdown.js';
import { onNextServer, setUpServer } from './host/take-over.js';
import { readVersion } from './host/version.js';
import { createLog } from './log.js';
import { createService } from './service.js';
import { systemTimers } from './timers.js';

const result = readConfig(process.env);
if (!result.ok) {
  const problems = result.problems.map(({ variable, message }) => `${variable} ${message}`).join('; ');
  createLog({ level: 'info', project: undefined }).critical(`Cannot start: ${problems}.`);
  process.exit(1);
}
const { config } = result;
const log = createLog(config.log);
const timers = systemTimers(log);
const processId = randomBytes(8).toString('hex');
const { redis, trust } = config;
// Whoever does without them does not load them either.
const createMetrics = trust.metrics === 'off' ? undefined : (await import('./metrics.js')).createMetrics;
const openLog = redis && (await import('./replication/redis-log.js')).createRedisLog(redis);
const service = createService({
  config,
  assets: readAssets(),
  clock: systemClock,
  timers,
  random: Math.random,
  processId,
  version: readVersion(),
  log,
  createMetrics,
  openLog,
});
// Before the server listens, so that the first to watch sees everybody whom the other instances know.
const problem = await service.join();
if (problem !== undefined && redis?.isRequired) {
  log.critical('Cannot start: REDIS_REQUIRED is on, and Redis cannot be used.', { problem });
  process.exit(1);
}

const servers = new Set<Server>();
const shutdown = createShutdown({
  servers: () => servers,
  drain: () => service.drain(),
  timers,
  log,
  exit: (code) => void service.part().finally(() => process.exit(code)),
});
const removeFrameworkListeners = handleProcessEvents(process, log, shutdown);

function adopt(server: Server, listener: RequestListener | undefined): void {
  servers.add(server);
  setUpServer(server, { settings: config.http, listener, answerClientError: service.answerClientError });
}

onNextServer((server) => {
  adopt(server, config.directDispatch ? service.handle : undefined);
  server.once('listening', () => {
    // The framework's own 'listening' callback comes after this one, and sets the listeners that are to be removed.
    setImmediate(removeFrameworkListeners);
    log.info('Listening.', { address: server.address(), directDispatch: config.directDispatch });
  });
});

http('presence', (request, response) => {
  const { server } = request.socket as typeof request.socket & { server?: Server };
  if (server !== undefined && !servers.has(server)) {
    // Node did not announce the server, so this first request is the first that is known of it.
    adopt(server, undefined);
    removeFrameworkListeners();
  }
  service.handle(request, response);
});
