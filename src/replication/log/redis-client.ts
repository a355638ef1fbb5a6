import { createClient } from '@redis/client';

/** How to reach a Redis or Valkey. */
export interface RedisAddress {
  /** With the scheme `redis:` or `rediss:`. May contain the password. */
  readonly url: string;
  /** Used when the URL contains none. */
  readonly password: string | undefined;
}

/** The part of the client that is used: there are few commands, and raw replies need no knowledge of the client's types. */
export interface RedisClient {
  sendCommand(words: readonly string[]): Promise<unknown>;
  destroy(): void;
}

/** How long a command may take. After a slower one, the connection is given up. */
const TIMEOUT_MS = 3000;

/** Connects. The client does not reconnect: the caller connects anew, and decides when. Rejects with the reason. */
export async function connectRedis({ url, password }: RedisAddress): Promise<RedisClient> {
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
}

/**
 * Sends a command. Rejects when there is no reply in time.
 *
 * @param extraMs how long the command itself waits
 */
export const askRedis = (client: RedisClient, words: readonly string[], extraMs = 0): Promise<unknown> =>
  withTimeout(client.sendCommand(words), extraMs);

/** The client ignores a password that is given beside a URL with a user. */
function withPassword(url: string, password: string | undefined): string {
  const parsed = new URL(url);
  if (password === undefined || parsed.password !== '') return url;
  parsed.password = encodeURIComponent(password);
  return parsed.href;
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
