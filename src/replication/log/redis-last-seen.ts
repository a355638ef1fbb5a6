import { describeProblem } from './problem.js';
import { askRedis, connectRedis, type RedisAddress, type RedisClient } from './redis-client.js';

/** When an offline visitor was last here, in milliseconds of the wall clock. Times are kept to the second. */
export interface StoredLastSeen {
  readonly uid: string;
  readonly lastSeenMs: number;
  readonly lastActivityMs: number;
}

/** Where instances keep when visitors were last here. Every method rejects with a sentence for an operator. */
export interface LastSeenStore {
  /** The latest, at most `maxCount`, the oldest first. */
  load(maxCount: number): Promise<StoredLastSeen[]>;
  /**
   * Saves visitors, forgets others, and frees what is beyond the bounds. Does not replace later times by earlier ones.
   *
   * @param forgotten uids
   * @param keptSinceMs frees who was seen before, by the wall clock
   */
  save(
    seen: readonly StoredLastSeen[],
    forgotten: readonly string[],
    keptSinceMs: number,
    maxCount: number,
  ): Promise<void>;
  close(): void;
}

const PAGE = 1000;
/** Of the 53 bits of a score, 31 are the seconds of the time; the others are for the seconds since the last activity. */
const IDLE_UNITS = 2 ** 22;

/**
 * A sorted set. Its scores are the last heartbeat in Unix seconds, and as a fraction, how long before it the last activity
 * was: the set is in the order of the times, and has both. Connects when it is used, again after a failure too.
 */
export function createRedisLastSeen(address: RedisAddress, key: string): LastSeenStore {
  let client: RedisClient | undefined;
  const close = () => {
    client?.destroy();
    client = undefined;
  };
  async function ask<T>(...commands: readonly (readonly string[])[]): Promise<T[]> {
    try {
      client ??= await connectRedis(address);
      const connected = client;
      return (await Promise.all(commands.map((words) => askRedis(connected, words)))) as T[];
    } catch (error) {
      close();
      throw new Error(describeProblem(error));
    }
  }
  return {
    async load(maxCount) {
      const seen: StoredLastSeen[] = [];
      while (seen.length < maxCount) {
        const last = Math.min(seen.length + PAGE, maxCount) - 1;
        const [words] = await ask<string[]>(['ZRANGE', key, String(seen.length), String(last), 'REV', 'WITHSCORES']);
        for (let index = 0; index + 1 < words!.length; index += 2) {
          seen.push({ uid: words![index]!, ...timesOf(Number(words![index + 1])) });
        }
        if (words!.length < 2 * PAGE) break;
      }
      return seen.reverse();
    },
    async save(seen, forgotten, keptSinceMs, maxCount) {
      const commands: string[][] = [];
      for (let start = 0; start < seen.length; start += PAGE) {
        const words = seen.slice(start, start + PAGE).flatMap((each) => [String(scoreOf(each)), each.uid]);
        commands.push(['ZADD', key, 'GT', ...words]);
      }
      if (forgotten.length > 0) commands.push(['ZREM', key, ...forgotten]);
      commands.push(['ZREMRANGEBYSCORE', key, '-inf', `(${Math.floor(keptSinceMs / 1000)}`]);
      commands.push(['ZREMRANGEBYRANK', key, '0', String(-maxCount - 1)]);
      await ask(...commands);
    },
    close,
  };
}

function scoreOf({ lastSeenMs, lastActivityMs }: StoredLastSeen): number {
  const idleSeconds = Math.round(Math.max(0, lastSeenMs - lastActivityMs) / 1000);
  return Math.floor(lastSeenMs / 1000) + Math.min(idleSeconds, IDLE_UNITS - 1) / IDLE_UNITS;
}

function timesOf(score: number): { lastSeenMs: number; lastActivityMs: number } {
  const seconds = Math.floor(score);
  const idleSeconds = Math.round((score - seconds) * IDLE_UNITS);
  return { lastSeenMs: seconds * 1000, lastActivityMs: (seconds - idleSeconds) * 1000 };
}
