import { type Finding, failed } from '../findings.js';
import { membersOf } from '../open-stream.js';
import type { Target } from '../target.js';

/** Whether the service answers at the address. */
export async function checkAddress(target: Target): Promise<Finding> {
  const answer = await target.ask('/health');
  if (!answer.ok) return failed(answer.error);
  const { status, text, ms } = answer.value;
  return status === 200 && membersOf(text).ok === true ? { kind: 'answers', ms } : { kind: 'stranger', status };
}
