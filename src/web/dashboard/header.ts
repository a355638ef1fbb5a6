import type { ConnectionState } from './connection.js';
import { byId, setText } from './dom.js';
import { formatTime } from './format.js';

/**
 * Shows how current the page is.
 *
 * @param sinceMs the time of the last event, by this machine's clock; undefined before the first
 */
export function showConnection(state: ConnectionState | 'signed-out', sinceMs?: number): void {
  const texts = {
    connecting: 'Connecting',
    live: 'Live',
    reconnecting: sinceMs === undefined ? 'Reconnecting' : `Reconnecting, last news at ${formatTime(sinceMs / 1000)}`,
    stale: sinceMs === undefined ? 'No news' : `No news since ${formatTime(sinceMs / 1000)}`,
    paused: 'Paused',
    'signed-out': 'Signed out',
  };
  const element = byId('connection');
  element.dataset.state = state;
  // For styles far from here.
  document.body.dataset.connection = state;
  setText(element, texts[state]);
}

/** Shows that the list is incomplete after a start of the service, when visitors have not been seen yet. Times in Unix seconds. */
export function showCollecting(nowSeconds: number, completeFrom: number): void {
  const notice = byId('collecting');
  notice.hidden = nowSeconds >= completeFrom;
  if (notice.hidden) return;
  const until = `Collecting until ${formatTime(completeFrom)}`;
  if (notice.firstChild?.textContent === until) return;
  // An element of its own, which is hidden on narrow screens.
  const why = document.createElement('span');
  why.className = 'why';
  why.textContent = ', as the service has just started';
  notice.replaceChildren(until, why);
}
