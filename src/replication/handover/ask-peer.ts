import { HANDOVER_TYPE } from './lines.js';

/** What asking the process before needs. */
export interface PeerDependencies {
  /** The public address of the service, where the process that is replaced still answers. */
  readonly peerUrl: string;
  /** Issues tokens, one of which the other process may accept; none when there is no secret. */
  readonly issueTokens: () => Promise<readonly string[]>;
}

/**
 * Asks the process before for its handover. Rejects when it does not answer with one.
 *
 * @param query what is asked of `/v1/handover`
 * @returns the body of the answer
 */
export async function askPeer(
  query: string,
  signal: AbortSignal,
  { peerUrl, issueTokens }: PeerDependencies,
): Promise<AsyncIterable<Uint8Array>> {
  const tokens = await issueTokens();
  let status = 401;
  for (const token of tokens.length === 0 ? [undefined] : tokens) {
    const response = await fetch(`${peerUrl}/v1/handover?${query}`, {
      headers: { Accept: HANDOVER_TYPE, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
      // A token must not go to another address.
      redirect: 'manual',
      signal,
    });
    status = response.status;
    if (status === 200) return bodyOf(response);
    await response.body?.cancel();
    if (status !== 401) break;
  }
  throw new Error(`it answered ${status}`);
}

function bodyOf({ headers, body }: Response): AsyncIterable<Uint8Array> {
  const type = headers.get('content-type')?.replace(/;.*/, '').trim();
  if (type !== HANDOVER_TYPE) throw new Error(`it answered ${type ?? 'something'}, not a handover`);
  if (body === null) throw new Error('the answer is empty');
  return body;
}

/** Why a handover failed. The message of `fetch` itself says nothing; its cause does. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error
    ? error.cause.message || String((error.cause as NodeJS.ErrnoException).code)
    : error.message;
}
