import { clock } from './clock.js';
import type { ConnectionState } from './connection.js';
import { find, setText } from './dom.js';

/** Tells how true the page is. @param sinceMs since when it has been so, by this machine's clock */
export function showConnection(state: ConnectionState | 'signed-out', sinceMs = Date.now()): void {
  const words = {
    connecting: 'Connecting',
    live: 'Live',
    reconnecting: `Reconnecting, last heard at ${clock(sinceMs)}`,
    stale: `No news since ${clock(sinceMs)}`,
    'signed-out': 'Signed out',
  };
  const element = find('connection');
  element.dataset.state = state;
  setText(element, words[state]);
}

/** An empty list right after a start does not mean an empty site. Times in Unix seconds. */
export function showCollecting(nowSeconds: number, completeFrom: number): void {
  const notice = find('collecting');
  notice.hidden = nowSeconds >= completeFrom;
  if (notice.hidden) return;
  const until = `Collecting until ${clock(completeFrom * 1000)}`;
  if (notice.firstChild?.textContent === until) return;
  // Apart, as there is no room for the reason on a phone.
  const why = document.createElement('span');
  why.className = 'why';
  why.textContent = ', as the service has just started';
  notice.replaceChildren(until, why);
}
