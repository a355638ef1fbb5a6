import type { Page } from 'playwright-core';
import type { CliService } from './cli.js';
import { until } from './until.js';

/** The line to paste. */
export const elementsTag = ({ url }: Pick<CliService, 'url'>, attributes = ''): string =>
  `<script async src="${url}/elements.js" ${attributes}></script>`;

/** What the first element that fits shows: its text, or the status of its dot. */
export const shownBy = (page: Page, selector: string): Promise<string> =>
  page.evaluate(`(() => {
    const root = document.querySelector(${JSON.stringify(selector)})?.shadowRoot;
    const text = root?.querySelector('[part=text]')?.textContent;
    return text ?? root?.querySelector('.dot')?.className.replace('dot ', '') ?? '';
  })()`);

/** Waits until an element shows this. */
export async function untilShown(page: Page, selector: string, wanted: string): Promise<void> {
  let shown = '';
  await until(async () => {
    shown = await shownBy(page, selector);
    return shown === wanted;
  }, `${selector} to show ${wanted}`).catch((error) => {
    throw new Error(`${error.message}; it shows ${shown}`);
  });
}

/** The names of the avatars or rows of an element, and what it says about the rest. */
export const membersOf = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate(`[...document.querySelector(${JSON.stringify(selector)}).shadowRoot.querySelectorAll('li')]
    .map((item) => item.title || item.querySelector('bdi')?.textContent || item.textContent)`);

/** Waits until an element shows these names. */
export const untilMembers = (page: Page, selector: string, ...names: string[]): Promise<unknown> =>
  until(
    async () => JSON.stringify(await membersOf(page, selector)) === JSON.stringify(names),
    `${selector} to show ${names}`,
  );

/** Records the requests of a page to the service, as method and path. */
export function recordRequests(page: Page, { url }: Pick<CliService, 'url'>): { path: string; body: string | null }[] {
  const requests: { path: string; body: string | null }[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) return;
    const { pathname } = new URL(request.url());
    requests.push({ path: `${request.method()} ${pathname}`, body: request.postData() });
  });
  return requests;
}
