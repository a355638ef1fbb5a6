import { describeProblem } from './problem.js';
import { askRedis, connectRedis, type RedisAddress, type RedisClient } from './redis-client.js';

/** A key that at most one instance holds at a time. */
export interface RedisLease {
  /**
   * Takes the key if nobody holds it, or holds it for longer. Rejects with a sentence for an operator.
   *
   * @param durationMs how long it is held, from the moment at which the server has the command
   * @returns whether `holder` holds it now
   */
  claim(holder: string, durationMs: number): Promise<boolean>;
  close(): void;
}

/** A script, because another instance may take the key between a read and a write. */
const CLAIM = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/** A lease on a key. Connects when it is claimed, again after a failure too. */
export function createRedisLease(address: RedisAddress, key: string): RedisLease {
  let client: RedisClient | undefined;
  const close = () => {
    client?.destroy();
    client = undefined;
  };
  return {
    async claim(holder, durationMs) {
      try {
        client ??= await connectRedis(address);
        return (await askRedis(client, ['EVAL', CLAIM, '1', key, holder, String(durationMs)])) === 1;
      } catch (error) {
        close();
        throw new Error(describeProblem(error));
      }
    },
    close,
  };
}
