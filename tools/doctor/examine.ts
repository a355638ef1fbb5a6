import { checkAddress } from './checks/address.js';
import { checkClock } from './checks/clock.js';
import { checkConnections } from './checks/connections.js';
import { checkHealth } from './checks/health.js';
import { checkLatency } from './checks/latency.js';
import { checkOrigins } from './checks/origins.js';
import { checkRollouts } from './checks/rollouts.js';
import { checkStreams } from './checks/streams.js';
import { CHECKS, type Findings, notChecked } from './findings.js';
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

/** Looks at a service in all ways. What it cannot look at is a finding, too; it rejects for faults of its own only. */
export async function examine(target: Target, { origin, uid, wallMs }: Circumstances): Promise<Findings> {
  try {
    const address = await checkAddress(target);
    if (address.kind !== 'answers') {
      const rest = CHECKS.map((check) => [check, notChecked('no answer')] as const);
      return { ...(Object.fromEntries(rest) as Findings), address };
    }
    const state = await serviceState(target);
    const [health, { streams, gzip }, latency, origins, clock, rollouts] = await Promise.all([
      checkHealth(target),
      checkStreams(target),
      checkLatency(target, uid),
      checkOrigins(target, origin),
      checkClock(target, wallMs),
      checkRollouts(target, state),
    ]);
    // It counts streams, so those of the other checks must be closed.
    const { instances, closes } = await checkConnections(target, uid, state?.redis === 'shared');
    return { address, health, streams, gzip, latency, closes, instances, rollouts, origins, clock };
  } finally {
    target.close();
  }
}

async function serviceState(target: Target): Promise<Members | undefined> {
  const answer = await target.ask('/v1/service', { asWatcher: true });
  return answer.ok && answer.value.status === 200 ? membersOf(answer.value.text) : undefined;
}
