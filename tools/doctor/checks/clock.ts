import { type Finding, failed } from '../findings.js';
import { membersOf } from '../open-stream.js';
import type { Target } from '../target.js';

/** The clocks of computers that set them by the network differ by less. */
const TOLERANCE_MS = 2000;

/**
 * Whether the clock of the service agrees with this computer's.
 *
 * @param wallMs the time of this computer, in Unix milliseconds
 */
export async function checkClock(target: Target, wallMs: () => number): Promise<Finding> {
  const sentMs = wallMs();
  const answer = await target.ask('/v1/totals', { asWatcher: true });
  const receivedMs = wallMs();
  if (!answer.ok) return failed(answer.error);
  const { ts } = membersOf(answer.value.text);
  // Without the right to watch, the head has a time, too, if perhaps that of a proxy.
  const secondMs = typeof ts === 'number' ? ts * 1000 : Date.parse(answer.value.headers.date ?? '');
  if (Number.isNaN(secondMs)) return { kind: 'unexpected', status: answer.value.status };
  // It was read at some moment of that second, and at some moment between sending and receiving.
  const aheadMs = secondMs - receivedMs - TOLERANCE_MS;
  const behindMs = sentMs - (secondMs + 1000) - TOLERANCE_MS;
  if (aheadMs <= 0 && behindMs <= 0) return { kind: 'clocks agree' };
  return { kind: 'clocks differ', seconds: Math.round((secondMs + 500 - (sentMs + receivedMs) / 2) / 1000) };
}
