import { type BenchRedis, startRedis } from './redis.js';
import { type ServerProcess, startService } from './server.js';

const REDIS_PORT = 8190;

/** Measures some instances that share an empty Redis. All of them end afterwards. */
export async function withInstances<T>(
  count: number,
  measure: (servers: readonly ServerProcess[], redis: BenchRedis) => Promise<T>,
): Promise<T> {
  const redis = await startRedis(REDIS_PORT);
  const settings = { REDIS_URL: redis.url, REDIS_REQUIRED: 'on', METRICS: 'open' };
  const ports = Array.from({ length: count }, (_, index) => REDIS_PORT + 1 + index);
  const servers = await Promise.all(ports.map((port) => startService(port, settings)));
  try {
    return await measure(servers, redis);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await redis.stop();
  }
}
