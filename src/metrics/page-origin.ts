import type { IncomingHttpHeaders } from 'node:http';

/** A host name has at most 253 characters. */
const MAX_CHARACTERS = 300;
/** Only what a shell and a web page take literally, since operators paste an origin into a setting. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const ORIGIN_OF_URL = /^[^:/?#]+:\/\/[^/?#]*/;

/**
 * The origin of the page that sent a request, by its `Origin` header, else its `Referer`. A program can forge both.
 *
 * @returns `'null'` for a page without an origin of its own, such as a file, and for a text that is no origin; null when
 *   the request names no page at all
 */
export function pageOrigin({ origin, referer }: IncomingHttpHeaders): string | null {
  const named = origin ?? (referer && (ORIGIN_OF_URL.exec(referer)?.[0] ?? 'null'));
  if (!named) return null;
  return named.length <= MAX_CHARACTERS && ORIGIN.test(named) ? named : 'null';
}
