import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type LaunchOptions,
  type Page,
} from 'playwright-core';
import { testWith } from './needs.js';

/** The path of Chromium: CHROMIUM_PATH, or where Debian installs it. Undefined when there is none. */
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

/** Starts Chromium. */
const launch = (options: LaunchOptions = {}): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath!,
    // Playwright's signal handlers would keep the test's process alive when AVA ends it after a timeout.
    handleSIGTERM: false,
    handleSIGINT: false,
    handleSIGHUP: false,
    args: ['--no-sandbox'],
    ...options,
  });

let shared: Promise<Browser> | undefined;
let users = 0;

/**
 * Opens a browser context, which has its own cookies, storage and connections. Closed after the test. The tests of a file
 * share one browser, as starting one takes much longer; a test with launch options gets its own.
 */
export async function openContext(
  t: ExecutionContext,
  options: BrowserContextOptions = {},
  launchOptions?: LaunchOptions,
): Promise<BrowserContext> {
  if (launchOptions) {
    const browser = await launch(launchOptions);
    t.teardown(() => browser.close());
    return browser.newContext(options);
  }
  users++;
  shared ??= launch();
  const browser = await shared;
  const context = await browser.newContext(options);
  t.teardown(async () => {
    await context.close();
    if (--users > 0) return;
    shared = undefined;
    await browser.close();
  });
  return context;
}

/** A page with its console messages, as `type: text`. Uncaught errors have the type `uncaught`. */
export interface OpenPage {
  readonly page: Page;
  readonly messages: string[];
}

/** Opens an empty page in a context. */
export async function openPageIn(context: BrowserContext): Promise<OpenPage> {
  const page = await context.newPage();
  // Several test files start browsers at the same time, on as few as two cores.
  page.setDefaultTimeout(90_000);
  const messages: string[] = [];
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => messages.push(`uncaught: ${error.message}`));
  return { page, messages };
}

/** Opens a page in a context of its own. It is empty without an address. Closed after the test. */
export async function openPage(
  t: ExecutionContext,
  url?: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const opened = await openPageIn(await openContext(t, options));
  if (url !== undefined) await opened.page.goto(url);
  return opened;
}

/** Waits until the page has drawn what is due now, and anything that this makes due for the next frame. */
export const untilDrawn = (page: Page): Promise<unknown> =>
  page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');

/** Serves pages from an origin of their own, as the pages of a site are. Closed after the test. */
export async function servePages(
  t: ExecutionContext,
  pages: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<string> {
  const server = createServer((request, response) => {
    // Browsers request it for each page, and a 404 would be a message in the console.
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
