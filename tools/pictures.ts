/**
 * `npm run pictures`: takes the pictures in docs/pictures with Chromium: elements on a page, and the dashboard's states.
 *
 *     npm run pictures -- --only dashboard-dark
 */
import { parseArgs } from 'node:util';
import { takeDashboardPictures } from './pictures/dashboard.js';
import { takeElementPictures } from './pictures/elements.js';
import { launchChromium } from './support/chromium.js';

const FOLDER = 'docs/pictures';

const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
const browser = await launchChromium();
if (only === undefined) await takeElementPictures(browser, FOLDER);
await takeDashboardPictures(browser, FOLDER, only);
await browser.close();
console.log(`Wrote the pictures in ${FOLDER}.`);
