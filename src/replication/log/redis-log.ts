import { createClient } from '@redis/client';
import { FIRST_ID, type LogSession, type OpenLog } from './shared-log.js';

/** Where the log is. */
export interface RedisLogOptions {
  /** `redis:` or `rediss:`, perhaps with the password in it. */
  readonly url: string;
  readonly password: string | undefined;
  /** The name of the stream. */
  readonly key: string;
}

/** A command without an answer for so long is given up, and the connection with it. */
const TIMEOUT_MS = 3000;
const ENTRIES_PER_READ = 100;

/**
 * A Redis or Valkey stream as the log. Two connections, as one that waits for entries can do nothing else. They are not
 * mended: whoever opened them opens others, and so decides when, and what to make up for.
 */
export function createRedisLog({ url, password, key }: RedisLogOptions): OpenLog {
  const connect = async (): Promise<Client> => {
    const client = createClient({
      url,
      ...(password !== undefined && { password }),
      RESP: 2,
      disableOfflineQueue: true,
      disableClientInfo: true,
      maintNotifications: 'disabled',
      socket: { connectTimeout: TIMEOUT_MS, reconnectStrategy: false },
    });
    // Every command rejects by itself; without a listener the event would end the process.
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
      return createSession(writer, await connect(), key);
    } catch (error) {
      writer.destroy();
      throw error;
    }
  };
}

/** Of the client, only this is used: the commands are few, and their replies the same in every version of the protocol. */
interface Client {
  sendCommand(words: readonly string[]): Promise<unknown>;
  destroy(): void;
}

function createSession(writer: Client, reader: Client, key: string): LogSession {
  const ask = (client: Client, words: readonly string[], extraMs = 0) =>
    withTimeout(client.sendCommand(words), extraMs);
  return {
    async append(fields, trimBeforeMs) {
      const trim = ['MINID', '=', String(Math.max(0, Math.floor(trimBeforeMs)))];
      await ask(writer, ['XADD', key, ...trim, '*', ...Object.entries(fields).flat()]);
    },
    async read(afterId, waitMs) {
      const block = waitMs > 0 ? ['BLOCK', String(waitMs)] : [];
      const words = ['XREAD', 'COUNT', String(ENTRIES_PER_READ), ...block, 'STREAMS', key, afterId];
      const reply = (await ask(reader, words, waitMs)) as [string, [string, string[]][]][] | null;
      return (reply?.[0]?.[1] ?? []).map(([id, words]) => ({ id, fields: pair(words) }));
    },
    async newestId() {
      const reply = (await ask(writer, ['XREVRANGE', key, '+', '-', 'COUNT', '1'])) as [string, string[]][];
      return reply[0]?.[0] ?? FIRST_ID;
    },
    async timeMs() {
      const [seconds, microseconds] = (await ask(writer, ['TIME'])) as [string, string];
      return Number(seconds) * 1000 + Number(microseconds) / 1000;
    },
    async serverId() {
      const info = String(await ask(writer, ['INFO', 'server']));
      return /^run_id:(\S+)/m.exec(info)?.[1] ?? '';
    },
    close() {
      writer.destroy();
      reader.destroy();
    },
  };
}

function pair(words: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < words.length; index += 2) fields[words[index]!] = words[index + 1]!;
  return fields;
}

/** A server that is stopped, or behind a cut line, answers nothing and closes nothing. */
async function withTimeout<T>(promise: Promise<T>, extraMs = 0): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS + extraMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
