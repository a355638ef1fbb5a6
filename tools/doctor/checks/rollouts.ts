import { type Finding, failed } from '../findings.js';
import type { Members } from '../open-stream.js';
import type { Target } from '../target.js';

/**
 * Whether a new process can take over the visitors.
 *
 * @param state the answer of `/v1/service`; undefined without the right to watch
 */
export async function checkRollouts(target: Target, state: Members | undefined): Promise<Finding> {
  if (state !== undefined && state.redis !== 'off') return { kind: 'handover by Redis' };
  // HEAD costs the service nothing.
  const answer = await target.ask('/v1/handover', { method: 'HEAD' });
  if (!answer.ok) return failed(answer.error);
  const { status } = answer.value;
  if (status !== 200 && status !== 401) return { kind: 'handover blocked', status };
  const peer = state === undefined ? 'unknown' : state.handover === 'on' ? 'set' : 'unset';
  return { kind: 'handover open', peer, isGuarded: status === 401 };
}
