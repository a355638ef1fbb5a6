import type { Page } from 'playwright-core';
import { until } from './until.js';

/** Settings under which visitors stay online, and everything else is fast. */
export const FAST = { TICK_INTERVAL_SECONDS: '0.1', LEAVE_SETTLE_SECONDS: '0', ONLINE_WINDOW_SECONDS: '3600' };

/** The text of an element of the dashboard. */
export const text = async (page: Page, selector: string): Promise<string> =>
  (await page.textContent(selector, { timeout: 20_000 }))!;

/** Waits until an element has this text. */
export async function untilText(page: Page, selector: string, wanted: string | RegExp): Promise<void> {
  let found = '';
  await until(async () => {
    found = await text(page, selector);
    return typeof wanted === 'string' ? found === wanted : wanted.test(found);
  }, `${selector} to be ${wanted}`);
}

/** The names in the rows of the list. */
export const rowNames = (page: Page): Promise<string[]> => page.locator('.visitor .name').allTextContents();

/** Waits until the list shows exactly these names. */
export const untilRows = (page: Page, ...names: string[]): Promise<unknown> =>
  until(async () => (await rowNames(page)).join() === names.join(), `the rows ${names.join()}`);

/** Chooses a room in the filter. An empty text chooses the whole site. */
export async function chooseRoom(page: Page, room: string): Promise<void> {
  await page.fill('#room', room);
  await page.press('#room', 'Enter');
}

/** Selects a visitor's row and waits for the dialog. */
export async function openExplanation(page: Page, row = '.visitor'): Promise<void> {
  await page.click(row);
  await page.waitForSelector('#explanation[open]');
}

/** Warnings, errors and uncaught errors among console messages. The browser's own hints have other types. */
export const problemsIn = (messages: readonly string[]): string[] =>
  messages.filter((line) => /^(error|uncaught|warning)/.test(line));
