import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { readConfig } from '../../src/config/read-config.js';
import type { Config } from '../../src/config/settings.js';
import { readAssets } from '../../src/http/assets.js';
import { createMetrics } from '../../src/metrics/prometheus.js';
import type { OpenLog } from '../../src/replication/log/shared-log.js';
import type { Log } from '../../src/runtime/log.js';
import { setUpServer } from '../../src/server/direct-dispatch.js';
import { createService, type Service } from '../../src/service.js';
import { createWebhooks } from '../../src/webhooks/webhooks.js';
import { FakeTime } from './time.js';

export interface TestService {
  readonly url: string;
  readonly port: number;
  readonly time: FakeTime;
  readonly server: Server;
  readonly service: Service;
  /** The log entries. */
  readonly logged: { level: string; message: string; fields: object }[];
}

let starts = 0;
let ids = 0;

/** A log that keeps its entries. */
export function keepingLog(): { log: Log; logged: TestService['logged'] } {
  const logged: TestService['logged'] = [];
  const keep =
    (level: string) =>
    (message: string, fields: object = {}) => {
      logged.push({ level, message, fields });
    };
  const log = {
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    critical: keep('critical'),
  };
  return { log, logged };
}

/** Settings from variables, as the service reads them. Throws when a variable is invalid. */
export function configOf(environment: Record<string, string> = {}): Config {
  const result = readConfig(environment);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/**
 * The service behind a real server on a port of its own, on fake time. Closed after the test.
 */
export async function startService(
  t: ExecutionContext,
  environment: Record<string, string> = {},
  random: () => number = () => 0.5,
  openLog?: OpenLog,
): Promise<TestService> {
  const config = configOf(environment);
  const time = new FakeTime();
  const { log, logged } = keepingLog();
  const service = createService({
    config,
    assets: readAssets(),
    clock: time,
    timers: time,
    random,
    createId: () => `id-${++ids}`,
    processId: `p${++starts}`,
    version: '0.0.0',
    log,
    createMetrics: config.trust.metrics === 'off' ? undefined : createMetrics,
    createWebhooks,
    openLog,
  });
  const server = createServer(service.handle);
  setUpServer(server, {
    settings: config.http,
    listener: service.handle,
    answerClientError: service.answerClientError,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, time, server, service, logged };
}
