/** The field that tells an EventSource how long to wait before it connects again. */
export const retryText = (ms: number): string => `retry: ${Math.round(ms)}\n\n`;

/** A line that clients pass over. */
export const commentText = (comment: string): string => `: ${comment}\n\n`;

/** What comes before an event's data, and what ends every event. */
export const DATA = 'data: ';
export const END = '\n\n';

/** One event. Neither part may hold a line break; JSON text never does. */
export function eventText(data: string, event?: string, id?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}${DATA}${data}${END}`;
}
