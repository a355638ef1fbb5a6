import { make } from './element.js';

/** The status of a visitor, or `unknown`. */
export type DotStatus = 'active' | 'idle' | 'offline' | 'unknown';

/**
 * A dot that shows a status.
 *
 * @param label its name for screen readers; none where a text beside it says the same
 */
export function makeDot(status: DotStatus, label: string | undefined): HTMLElement {
  const name: Record<string, string> = label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' };
  return make('span', { part: `dot ${status}`, class: `dot ${status}`, ...name });
}
