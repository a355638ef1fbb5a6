import type { BrowserContextOptions, Page } from 'playwright-core';

/** A state of the dashboard that a picture shows. */
export interface DashboardState {
  /** The name of the picture, after `dashboard-`. */
  readonly name: string;
  readonly visitors: number;
  readonly context?: BrowserContextOptions;
  /** Settings of the service. */
  readonly environment?: Record<string, string>;
  /** For how many minutes the service has run, at most 60; default: 60. */
  readonly knownMinutes?: number;
  /** Brings the page into the state. */
  readonly prepare?: (page: Page, stopService: () => Promise<void>) => Promise<unknown>;
  /** A selector of what is there when the state is reached; default: live. */
  readonly isReached?: string;
}

const WIDE = { width: 1280, height: 900 };
const SECRET = 'a-secret-of-at-least-32-characters';
const phone = (width: number, height: number) => ({ viewport: { width, height }, deviceScaleFactor: 1.5 });

/** To add a picture, add a line. */
export const DASHBOARD_STATES: readonly DashboardState[] = [
  { name: 'empty', visitors: 0, knownMinutes: 1 },
  { name: '3-visitors', visitors: 3, knownMinutes: 6, context: { viewport: { width: 1280, height: 700 } } },
  { name: '200-visitors', visitors: 200, environment: { SITE_NAME: 'Example site' } },
  { name: '10000-visitors', visitors: 10_000 },
  { name: 'wide', visitors: 200, context: { viewport: { width: 1920, height: 800 } } },
  { name: 'dark', visitors: 200, context: { colorScheme: 'dark' } },
  { name: 'forced-colors', visitors: 200, context: { forcedColors: 'active' } },
  { name: 'chart-read', visitors: 200, prepare: readChart },
  { name: 'phone-390', visitors: 200, context: phone(390, 844) },
  { name: 'phone-300', visitors: 200, context: phone(300, 844) },
  {
    name: 'service-gone',
    visitors: 200,
    prepare: (_page, stopService) => stopService(),
    isReached: '#connection[data-state="reconnecting"]',
  },
  {
    name: 'service-full',
    visitors: 20,
    environment: { MAX_VISITORS: '20', CORS_ALLOW_ORIGIN: 'https://shop.example' },
    prepare: openSetUp,
  },
  { name: 'shared', visitors: 3, environment: { WATCH_SECRET: SECRET, PUBLIC_VIEW: 'totals' }, prepare: share },
  { name: 'names-in-other-scripts', visitors: 0, knownMinutes: 1, prepare: addNames },
  { name: 'locked', visitors: 3, environment: { WATCH_SECRET: SECRET }, isReached: '#sign-in:not([hidden])' },
];

/** The size where a state names none. */
export const DEFAULT_CONTEXT: BrowserContextOptions = { viewport: WIDE, colorScheme: 'light', deviceScaleFactor: 1 };

/** Another site's page sends heartbeats, too. */
async function openSetUp(page: Page): Promise<void> {
  const headers = { origin: 'https://www.example' };
  for (const uid of ['a', 'b']) await page.request.post('/v1/hit', { data: { uid }, headers });
  await page.request.post('/v1/hit', { data: { uid: 'a' } });
  await page.click('#set-up-button');
  await page.waitForSelector('#refusals li');
}

async function share(page: Page): Promise<void> {
  await page.fill('#token', SECRET);
  await page.press('#token', 'Enter');
  await page.click('#access summary');
  await page.click('#share-form button[type=submit]');
  await page.waitForSelector('#share-made:not([hidden])');
  await page.locator('#share-note').scrollIntoViewIfNeeded();
}

async function addNames(page: Page): Promise<void> {
  const names = ['ليلى حداد', 'דנה לוי', 'Ольга Смирнова', 'Ελένη Παππά', 'Zoë Ångström', `Ada ${'Maria '.repeat(30)}`];
  for (const name of names) await page.request.post('/v1/hit', { data: { uid: name, room: name, info: { name } } });
  await page
    .locator('.visitor')
    .nth(names.length - 1)
    .waitFor();
}

async function readChart(page: Page): Promise<void> {
  await page.focus('#chart');
  for (let step = 0; step < 12; step++) await page.keyboard.press('PageDown');
}
