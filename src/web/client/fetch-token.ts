const TIMEOUT_MS = 10_000;

/**
 * Fetches a token with the cookies of the page's visitor. The answer is the token as text, or JSON with a member `token`.
 * Rejects when the answer is an error or takes too long.
 */
export async function fetchToken(url: string): Promise<string | undefined> {
  const response = await fetch(url, { credentials: 'include', cache: 'no-store' });
  if (!response.ok) throw response.status;
  const text = (await response.text()).trim();
  return text.startsWith('{') ? JSON.parse(text).token : text;
}

/** Rejects when an action takes too long, so that one request without an answer does not end the heartbeats. */
export function withTimeout<T>(action: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, TIMEOUT_MS);
    action.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
