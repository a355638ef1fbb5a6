import { execFileSync } from 'node:child_process';
import baseTest, { type ExecutionContext, type TestFn } from 'ava';
import { launch, type Page } from 'puppeteer-core';

const firefoxPath = findFirefox();

function findFirefox(): string | undefined {
  if (process.env.FIREFOX_PATH) return process.env.FIREFOX_PATH;
  try {
    return execFileSync('sh', ['-c', 'command -v firefox-esr || command -v firefox'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** The test function for tests in Firefox. They repeat what passes in Chromium, so they run only where it is installed. */
export const firefoxTest: TestFn =
  firefoxPath !== undefined ? baseTest : (Object.assign(() => {}, { serial: () => {} }) as unknown as TestFn);

if (firefoxPath === undefined) {
  console.warn('SKIPPED: the tests that need Firefox. Install the Debian package firefox-esr, or set FIREFOX_PATH.');
}

/** Opens a page in a Firefox of its own. Closed after the test. */
export async function openFirefox(t: ExecutionContext): Promise<{ page: Page; messages: string[] }> {
  // Playwright drives a patched Firefox only; Puppeteer drives the released one, by WebDriver BiDi.
  const browser = await launch({ browser: 'firefox', executablePath: firefoxPath!, headless: true, timeout: 90_000 });
  t.teardown(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(90_000);
  const messages: string[] = [];
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
  return { page, messages };
}
