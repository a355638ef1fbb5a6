import { createClient } from '@redis/client';
import type { LogConnection, OpenLog } from './shared-log.js';

/** How to reach the log. */
export interface RedisLogOptions {
  /** With the scheme `redis:` or `rediss:`. May contain the password. */
  readonly url: string;
  /** Used when the URL contains none. */
  readonly password: string | undefined;
  /** The key of the stream. */
  readonly key: string;
}

/** How long a command may take. After a slower one, the connection is given up. */
const TIMEOUT_MS = 3000;
const ENTRIES_PER_READ = 100;

/**
 * A Redis or Valkey stream as the log. A connection uses two clients, as one that waits for entries cannot do anything
 * else. It does not reconnect: the caller opens another one, decides when, and makes up for what was missed.
 */
export function createRedisLog({ url, password, key }: RedisLogOptions): OpenLog {
  const connect = async (): Promise<Client> => {
    const client = createClient({
      url: withPassword(url, password),
      RESP: 2,
      disableOfflineQueue: true,
      disableClientInfo: true,
      maintNotifications: 'disabled',
      socket: { connectTimeout: TIMEOUT_MS, reconnectStrategy: false },
    });
    // Every command rejects on its own; an `error` event without a listener would end the process.
    client.on('error', () => {});
    try {
      await withTimeout(client.connect());
      return client;
    } catch (error) {
      client.destroy();
      throw error;
    }
  };
  return async () => {
    const writer = await connect();
    try {
      return createConnection(writer, await connect(), key);
    } catch (error) {
      writer.destroy();
      throw error;
    }
  };
}

/** The client ignores a password that is given beside a URL with a user. */
function withPassword(url: string, password: string | undefined): string {
  const parsed = new URL(url);
  if (password === undefined || parsed.password !== '') return url;
  parsed.password = encodeURIComponent(password);
  return parsed.href;
}

/** The part of the client that is used: there are few commands, and raw replies need no knowledge of the client's types. */
interface Client {
  sendCommand(words: readonly string[]): Promise<unknown>;
  destroy(): void;
}

function createConnection(writer: Client, reader: Client, key: string): LogConnection {
  const ask = (client: Client, words: readonly string[], extraMs = 0) =>
    withTimeout(client.sendCommand(words), extraMs);
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

/** A server that is suspended or unreachable neither replies nor closes the connection. */
async function withTimeout<T>(promise: Promise<T>, extraMs = 0): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no reply within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS + extraMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
