import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { type Browser, type BrowserContext, chromium, type LaunchOptions, type Page } from 'playwright-core';
import { testWith } from './needs.js';

/** Where Chromium is: what CHROMIUM_PATH says, else Debian's. Undefined when there is none. */
export const chromiumPath = findChromium();

function findChromium(): string | undefined {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  try {
    return execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser'], {
      encoding: 'utf8',
    }).trim();
  } catch {
    return undefined;
  }
}

/** The test function for tests in a real browser. */
export const browserTest = testWith(
  'Chromium',
  chromiumPath !== undefined,
  'Install the Debian package chromium, or set CHROMIUM_PATH.',
);

/** Starts a real Chromium. Closed after the test. */
export async function launchBrowser(t: ExecutionContext, options: LaunchOptions = {}): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: chromiumPath!,
    // Playwright's own handlers would outlive the signal, and with it the test's process when AVA ends it for being late.
    handleSIGTERM: false,
    handleSIGINT: false,
    handleSIGHUP: false,
    ...options,
    args: ['--no-sandbox', ...(options.args ?? [])],
  });
  t.teardown(() => browser.close());
  return browser;
}

/** A page, and everything that its console has said, faults included. */
export async function openPage(browser: Browser | BrowserContext): Promise<{ page: Page; said: string[] }> {
  // A browser's own newPage makes a context that takes no second page.
  const context = 'newContext' in browser ? await browser.newContext() : browser;
  const page = await context.newPage();
  // Many browsers start at once, on a machine that may have two cores.
  page.setDefaultTimeout(90_000);
  const said: string[] = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`fault: ${error.message}`));
  return { page, said };
}

/** Serves pages from an origin of their own, as a site builder's pages are. Closed after the test. */
export async function servePages(
  t: ExecutionContext,
  pages: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<string> {
  const server = createServer((request, response) => {
    // A browser asks for it unasked, and its absence would stand in the console.
    if (request.url === '/favicon.ico') return response.writeHead(204).end();
    const html = pages[new URL(request.url ?? '/', 'http://x').pathname];
    response.writeHead(html === undefined ? 404 : 200, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
    return response.end(html ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
