import type { SharedView } from './ports.js';

/**
 * What the page shares for one service.
 *
 * @param service the service's address, with a slash at the end
 */
export function sharedViewOf(service: string): SharedView {
  const page = window as unknown as { presenceViews?: Record<string, SharedView> };
  page.presenceViews ??= {};
  page.presenceViews[service] ??= {};
  return page.presenceViews[service];
}
