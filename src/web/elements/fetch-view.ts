import type { ViewRequest } from '../../protocol/messages.js';
import type { ViewAnswer } from './source-ports.js';

const TIMEOUT_MS = 10_000;

/** The address of a request for a view. */
export function viewUrl(service: string, request: ViewRequest, token: string | undefined): string {
  const query = new URLSearchParams();
  if (request.room) query.set('room', String(request.room));
  if (request.totals) query.set('totals', 'true');
  if (request.members) query.set('members', String(request.members));
  for (const uid of request.uids ?? []) query.append('uids', String(uid));
  if (token) query.set('token', token);
  return `${service}v1/view?${query}`;
}

/** Sends `GET /v1/view`, without headers that need a CORS preflight request. Rejects when no answer arrives. */
export async function fetchView(service: string, request: ViewRequest, token: string | undefined): Promise<ViewAnswer> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(viewUrl(service, request, token), { credentials: 'omit', signal: timeout.signal });
    const answer = await response.json().catch(() => ({}));
    return {
      status: response.status,
      view: response.ok ? answer : undefined,
      message: String(answer?.message ?? ''),
      retryAfterSeconds: Number(response.headers.get('retry-after')) || undefined,
    };
  } finally {
    clearTimeout(timer);
  }
}
