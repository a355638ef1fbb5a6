import { askRedis as ask, connectRedis, type RedisAddress, type RedisClient } from './redis-client.js';
import type { LogConnection, OpenLog } from './shared-log.js';

/** How to reach the log. */
export interface RedisLogOptions extends RedisAddress {
  /** The key of the stream. */
  readonly key: string;
}

const ENTRIES_PER_READ = 100;

/**
 * A Redis or Valkey stream as the log. A connection uses two clients, as one that waits for entries cannot do anything
 * else. It does not reconnect: the caller opens another one, decides when, and makes up for what was missed.
 */
export function createRedisLog({ key, ...address }: RedisLogOptions): OpenLog {
  return async () => {
    const writer = await connectRedis(address);
    try {
      return createConnection(writer, await connectRedis(address), key);
    } catch (error) {
      writer.destroy();
      throw error;
    }
  };
}

function createConnection(writer: RedisClient, reader: RedisClient, key: string): LogConnection {
  return {
    async append(fields, trimBeforeMs) {
      const minId = String(Math.max(0, Math.floor(trimBeforeMs)));
      const trim = ['MINID', '=', minId];
      const add = () => ask(writer, ['XADD', key, ...trim, '*', ...Object.entries(fields).flat()]);
      try {
        return String(await add());
      } catch (error) {
        if (!isMemoryFull(error)) throw error;
        // A server whose memory is full refuses XADD, even one that trims; XTRIM alone frees the memory.
        await ask(writer, ['XTRIM', key, ...trim]);
        return String(await add());
      }
    },
    async read(afterId, waitMs) {
      const block = waitMs > 0 ? ['BLOCK', String(waitMs)] : [];
      const words = ['XREAD', 'COUNT', String(ENTRIES_PER_READ), ...block, 'STREAMS', key, afterId];
      const reply = (await ask(reader, words, waitMs)) as [string, [string, string[]][]][] | null;
      return (reply?.[0]?.[1] ?? []).map(([id, words]) => ({ id, fields: pair(words) }));
    },
    async has(id) {
      return ((await ask(writer, ['XRANGE', key, id, id])) as unknown[]).length > 0;
    },
    async timeMs() {
      const [seconds, microseconds] = (await ask(writer, ['TIME'])) as [string, string];
      return Number(seconds) * 1000 + Number(microseconds) / 1000;
    },
    close() {
      writer.destroy();
      reader.destroy();
    },
  };
}

const isMemoryFull = (error: unknown): boolean => error instanceof Error && error.message.startsWith('OOM');

function pair(words: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < words.length; index += 2) fields[words[index]!] = words[index + 1]!;
  return fields;
}
