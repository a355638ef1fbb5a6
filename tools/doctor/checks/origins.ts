import { type Finding, failed, notChecked } from '../findings.js';
import { membersOf } from '../open-stream.js';
import type { Answer, Target } from '../target.js';

/** Nobody can have it (RFC 2606). */
const FOREIGN = 'https://presence-doctor.invalid';

/** Whether pages of one origin may call, and others may not. The heartbeats are empty, so nobody appears. */
export async function checkOrigins(target: Target, origin: string | undefined): Promise<Finding> {
  const foreign = await hitFrom(target, FOREIGN);
  if (!foreign.ok) return failed(foreign.error);
  if (isAllowed(foreign.value, FOREIGN)) return { kind: 'any origin allowed' };
  if (foreign.value.status !== 403) return { kind: 'origin removed' };
  if (origin === undefined) return notChecked('no origin');
  const headers = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,authorization',
  };
  const [own, preflight] = await Promise.all([
    hitFrom(target, origin),
    target.ask('/v1/hit', { method: 'OPTIONS', headers }),
  ]);
  for (const answer of [preflight, own]) {
    if (!answer.ok) return failed(answer.error);
    if (!isAllowed(answer.value, origin)) return { kind: 'origin refused', origin, status: answer.value.status };
  }
  return { kind: 'origin allowed', origin };
}

const hitFrom = (target: Target, origin: string) => target.ask('/v1/hit', { headers: { origin }, body: '' });

/** A browser passes an answer on to the page if it names the page's origin or everybody. */
function isAllowed({ status, headers, text }: Answer, origin: string): boolean {
  const named = headers['access-control-allow-origin'];
  if (named !== origin && named !== '*') return false;
  // The heartbeat is refused because it is empty, which comes after the origin.
  return status < 300 || (status === 400 && membersOf(text).error === 'body_empty');
}
