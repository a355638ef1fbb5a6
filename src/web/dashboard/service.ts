/** A token in the page's own address, which requests pass on. */
let token = new URLSearchParams(location.search).get('token');

/** Builds an address of the service with a query. Parameters that are undefined or empty are left out. */
export function serviceUrl(path: string, query: Record<string, string | undefined> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, token: token ?? undefined })) {
    if (value) parameters.set(name, value);
  }
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Removes the token from the page's address. The service prefers it to the cookie of a sign-in, even when it has expired. */
export function forgetToken(): void {
  if (token === null) return;
  token = null;
  const url = new URL(location.href);
  url.searchParams.delete('token');
  history.replaceState(null, '', url);
}

/** An answer other than 2xx. */
export class ServiceError extends Error {
  readonly status: number;
  /** As in the service's list of errors; empty when something else has answered. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Sends a request whose answer does not matter, also while the page is being closed. */
export function sendBeacon(path: string, body: object): void {
  navigator.sendBeacon(path, JSON.stringify(body));
}

/** Browsers open six connections to a server. Requests on dead ones must end, or the streams cannot connect again. */
const TIMEOUT_MS = 8000;

/** Sends a request and reads the JSON answer. Rejects with a `ServiceError` when the service answers with an error. */
export async function request<T>(url: string, options: RequestInit = {}): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), ...options });
  const text = await response.text();
  const body = text === '' ? {} : JSON.parse(text);
  if (!response.ok)
    throw new ServiceError(response.status, String(body.error ?? ''), String(body.message ?? response.statusText));
  return body as T;
}
