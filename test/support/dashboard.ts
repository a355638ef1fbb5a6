import type { Page } from 'playwright-core';

/** A long online window, so that visitors stay; the rest fast. */
export const FAST = { TICK_INTERVAL_SECONDS: '0.1', LEAVE_SETTLE_SECONDS: '0', ONLINE_WINDOW_SECONDS: '3600' };

/** What an element of the dashboard says. */
export const text = (page: Page, selector: string) => page.textContent(selector, { timeout: 20_000 });
