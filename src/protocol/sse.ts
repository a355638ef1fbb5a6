// The text format of event streams: WHATWG HTML, section 9.2, "Server-sent events".

/** Sets how long an EventSource waits before it reconnects. */
export const retryText = (delayMs: number): string => `retry: ${Math.round(delayMs)}\n\n`;

/** A line that clients ignore. It keeps proxies and browsers from closing a quiet connection. */
export const commentText = (comment: string): string => `: ${comment}\n\n`;

/**
 * Some clients split lines where the standard does not: at U+0085, U+2028 and U+2029, which JSON allows in texts. So these
 * are escaped. Python's `str.splitlines` is the best-known one.
 */
const LINE_BREAKS_OF_OTHERS = /[\u0085\u2028\u2029]/g;

/** JSON text for the data of an event. */
export const eventData = (json: string): string =>
  json.replace(LINE_BREAKS_OF_OTHERS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** What precedes the data of an event. */
export const DATA = 'data: ';
/** What ends every event. */
export const END = '\n\n';

/** One event with JSON text as its data. Neither its name nor its id may contain a line break. */
export function eventText(json: string, event?: string, id?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}${DATA}${eventData(json)}${END}`;
}
