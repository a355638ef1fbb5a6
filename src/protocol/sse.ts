// The text format of event streams: WHATWG HTML, section 9.2, "Server-sent events".

/** Sets how long an EventSource waits before it reconnects. */
export const retryText = (delayMs: number): string => `retry: ${Math.round(delayMs)}\n\n`;

/** A line that clients ignore. It keeps proxies and browsers from closing a quiet connection. */
export const commentText = (comment: string): string => `: ${comment}\n\n`;

/** What precedes the data of an event. */
export const DATA = 'data: ';
/** What ends every event. */
export const END = '\n\n';

/** One event. No argument may contain a line break; JSON text never does. */
export function eventText(data: string, event?: string, id?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}${DATA}${data}${END}`;
}
