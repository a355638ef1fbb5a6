import type { Answer } from './ports.js';
import { safely } from './safely.js';

const TIMEOUT_MS = 10_000;

/** Posts a body of plain text without own headers, so that the browser sends no CORS preflight request. */
export async function post(url: string, body: object): Promise<Answer> {
  // Safari before 16 has no AbortSignal.timeout.
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      credentials: 'omit',
      keepalive: true,
      signal: timeout.signal,
    });
    const answer = await response.json().catch(() => ({}));
    return {
      status: response.status,
      message: String(answer?.message ?? ''),
      retryAfterSeconds: Number(response.headers.get('retry-after')) || undefined,
      intervalSeconds: Number(answer?.interval) || undefined,
      view: answer?.view,
    };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Posts a body from a page that may be unloaded before the answer arrives. Rejects where the browser does not finish such
 * requests: Firefox before version 133.
 */
export const postLast = (url: string, body: object): Promise<Answer> =>
  'keepalive' in Request.prototype ? post(url, body) : Promise.reject();

/**
 * Posts a body by beacon. Content blockers drop beacons, and `sendBeacon` returns true all the same. It throws where a
 * policy forbids it, and returns false when the browser's queue is full.
 */
export function beacon(url: string, body: object): void {
  const isQueued = safely(() => navigator.sendBeacon(url, JSON.stringify(body)));
  if (!isQueued) post(url, body).catch(() => {});
}
