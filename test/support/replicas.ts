import type { ExecutionContext } from 'ava';
import { Presence } from '../../src/presence/presence.js';
import { createRedisLog } from '../../src/replication/log/redis-log.js';
import { horizonMs } from '../../src/replication/operations.js';
import { Replica } from '../../src/replication/replica.js';
import { Replicator } from '../../src/replication/replicator.js';
import { systemClock } from '../../src/runtime/clock.js';
import { systemTimers } from '../../src/runtime/timers.js';
import { configOf, keepingLog } from './service.js';

let starts = 0;

/** Presence that is shared through a real Redis, in this process and without HTTP. Stopped after the test. */
export async function startReplica(
  t: ExecutionContext,
  url: string,
  environment: Record<string, string> = {},
  password?: string,
) {
  const settings = configOf(environment).presence;
  const presence = new Presence(settings);
  const origin = `replica-${++starts}`;
  const { log, logged } = keepingLog();
  const replicator = new Replicator({
    replica: new Replica({ presence, settings, origin }),
    presence,
    origin,
    open: createRedisLog({ url, password, key: 'presence' }),
    clock: systemClock,
    timers: systemTimers(log),
    random: Math.random,
    log,
    settings: {
      periodMs: 100,
      maxWaitMs: 100,
      horizonMs: horizonMs(settings),
      maxOutboxOperations: settings.maxVisitors,
    },
  });
  t.teardown(() => replicator.stop());
  await replicator.start();
  const now = systemClock.nowMs;
  return {
    replicator,
    logged,
    come: (uid: string) => replicator.hit({ uid, activityMs: now() }, now()),
    uids: () => presence.members(now()).map(({ uid }) => uid),
  };
}
