import { setTimeout as delay } from 'node:timers/promises';
import { checkAddress } from './checks/address.js';
import { checkClock } from './checks/clock.js';
import { checkConnections } from './checks/connections.js';
import { checkHealth } from './checks/health.js';
import { checkLatency } from './checks/latency.js';
import { checkOrigins } from './checks/origins.js';
import { checkRollouts } from './checks/rollouts.js';
import { checkStreams } from './checks/streams.js';
import { CHECKS, type Findings, failed, notChecked } from './findings.js';
import { type Members, membersOf } from './open-stream.js';
import type { Target } from './target.js';

export interface Circumstances {
  /** The origin of the pages that are to call. */
  readonly origin: string | undefined;
  /** The uid of the doctor's own visitor, and the name of its room: new for each examination. */
  readonly uid: string;
  /** The time of this computer, in Unix milliseconds. */
  readonly wallMs: () => number;
}

const LATE = failed('timeout');

/** Looks at a service in all ways. What it cannot look at is a finding, too; it rejects for faults of its own only. */
export async function examine(target: Target, { origin, uid, wallMs }: Circumstances): Promise<Findings> {
  const end = new AbortController();
  const late = delay(target.patience.totalMs, undefined, end).catch(() => {});
  const inTime = <T>(check: Promise<T>, otherwise: T) => Promise.race([check, late.then(() => otherwise)]);
  try {
    const address = await checkAddress(target);
    if (address.kind !== 'answers') {
      const rest = CHECKS.map((check) => [check, notChecked('no answer')] as const);
      return { ...(Object.fromEntries(rest) as Findings), address };
    }
    const state = await serviceState(target);
    const [health, { streams, gzip }, latency, origins, clock, rollouts] = await Promise.all([
      inTime(checkHealth(target), LATE),
      inTime(checkStreams(target), { streams: LATE, gzip: LATE }),
      inTime(checkLatency(target, uid), LATE),
      inTime(checkOrigins(target, origin), LATE),
      inTime(checkClock(target, wallMs), LATE),
      inTime(checkRollouts(target, state), LATE),
    ]);
    // It counts streams, so those of the other checks must be closed.
    const connections = checkConnections(target, uid, state?.redis === 'shared');
    const { instances, closes } = await inTime(connections, { instances: LATE, closes: LATE });
    return { address, health, streams, gzip, latency, closes, instances, rollouts, origins, clock };
  } finally {
    end.abort();
    target.close();
  }
}

async function serviceState(target: Target): Promise<Members | undefined> {
  const answer = await target.ask('/v1/service', { asWatcher: true });
  return answer.ok && answer.value.status === 200 ? membersOf(answer.value.text) : undefined;
}
