import type { IncomingMessage } from 'node:http';

/** Whether the client came by https. A proxy in front of the service ends it, and says so in a header. */
export const isHttps = ({ headers }: IncomingMessage): boolean =>
  // Several proxies append to a list. The first entry is from the proxy that the client reached.
  /^https *(,|$)/i.test(String(headers['x-forwarded-proto']));

/** The origin at which the client has reached the service; an empty text when it does not say, as HTTP/1.0 allows. */
export function publicOrigin(request: IncomingMessage): string {
  const { host } = request.headers;
  return host === undefined ? '' : `${isHttps(request) ? 'https' : 'http'}://${host}`;
}
