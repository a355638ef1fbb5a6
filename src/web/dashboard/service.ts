/** How the page speaks with its service: same origin, with the token of the page's own address if it has one. */
let token = new URLSearchParams(location.search).get('token');

/** An address of the service with a query; members that are undefined or empty are left out. */
export function address(path: string, query: Record<string, string | undefined> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, token: token ?? undefined })) {
    if (value) parameters.set(name, value);
  }
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Goes on by the sign-in's cookie: a token in the address would win over it, however long it has run out. */
export function forgetToken(): void {
  if (token === null) return;
  token = null;
  const url = new URL(location.href);
  url.searchParams.delete('token');
  history.replaceState(null, '', url);
}

/** An answer that is not ok. */
export class ServiceError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Browsers open few connections to one server: questions over dead ones would leave none to come back by. */
const PATIENCE_MS = 8000;

/** Asks the service once. Rejects with a `ServiceError` when it refuses. */
export async function ask<T>(url: string, options: RequestInit = {}): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), ...options });
  const text = await response.text();
  const body = text === '' ? {} : JSON.parse(text);
  if (!response.ok) throw new ServiceError(response.status, String(body.message ?? response.statusText));
  return body as T;
}
