/** `npm run screenshot`: takes the README's picture of the dashboard with Chromium. */
import { setTimeout as delay } from 'node:timers/promises';
import { startService } from '../bench/support/server.js';
import { launchChromium } from './support/chromium.js';
import { startDemoVisitors } from './support/demo-visitors.js';

const PICTURE = 'src/web/dashboard/screenshot.png';
const PORT = 8119;
const VISITORS = 200;
/** Fills the dashboard's chart. */
const HISTORY_MS = 150_000;
const SETTLE_MS = 5000;

const { url, stop } = await startService(PORT);
const stopVisitors = startDemoVisitors(url, VISITORS);
await delay(HISTORY_MS);
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1120, height: 900 }, colorScheme: 'light' });
await page.goto(url);
await delay(SETTLE_MS);
await page.screenshot({ path: PICTURE });
await browser.close();
stopVisitors();
await stop();
console.log(`Wrote ${PICTURE}.`);
