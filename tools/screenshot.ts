/** `npm run screenshot`: makes the README's picture of the dashboard with Chromium. */
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { startService } from '../bench/support/server.js';
import { simulatePeople } from './support/demo-visitors.js';

const PICTURE = 'src/web/dashboard/screenshot.png';
const HISTORY_MS = 150_000;

const { url, stop } = await startService(8119, { HEARTBEAT_SECONDS: '30' });
const stopPeople = simulatePeople(url, 200);
await delay(HISTORY_MS);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage({ viewport: { width: 1120, height: 900 }, colorScheme: 'light' });
await page.goto(url);
await delay(5000);
await page.screenshot({ path: PICTURE });
await browser.close();
stopPeople();
await stop();
console.log(`Wrote ${PICTURE}.`);
