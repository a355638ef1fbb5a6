import type { TotalsEvent } from '../../protocol/messages.js';
import { request, serviceUrl } from './service.js';

/** Shorter than the time after which a silent connection is given up, so that a second try may succeed before. */
const TIMEOUT_MS = 4000;

let isAsking = false;

/** Fetches the totals. Undefined when the service cannot be reached, or has not answered the request before yet. */
export async function fetchTotals(room: string): Promise<TotalsEvent | undefined> {
  if (isAsking) return undefined;
  isAsking = true;
  try {
    return await request<TotalsEvent>(serviceUrl('/v1/totals', { room }), { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    return undefined;
  } finally {
    isAsking = false;
  }
}
