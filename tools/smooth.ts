/**
 * `npm run smooth`: how soon and how smoothly Chromium shows the dashboard with ten thousand visitors and a hundred changes
 * per second.
 * Prints figures and has no goals. `--slowdown 6` makes the browser's CPU six times slower, about as slow as a phone's.
 *
 *     npm run smooth -- --slowdown 6 --seconds 20
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { machineLine } from '../bench/support/machine.js';
import { table } from '../bench/support/markdown.js';
import { readCommandLine } from '../bench/support/options.js';
import { startService } from '../bench/support/server.js';
import { summary } from '../bench/support/statistics.js';
import { CHURN_SETTINGS, ConstantChurn } from './smooth/constant-churn.js';
import { OBSERVE, OBSERVE_FIRST_ROWS, type Observed, RESET, VIEWER_ACTIONS } from './smooth/page-scripts.js';
import { launchChromium } from './support/chromium.js';

const PORT = 8118;
const VISITORS = 10_000;
const CHANGES_PER_SECOND = 100;
const VIEWPORT = { width: 1280, height: 900 };
const LOADS = 5;
const SETTLE_MS = 4000;
const TICK_SECONDS = ['2', '0.1'];
const HEAD = [
  'tick, s',
  'the viewer',
  'changes/s shown',
  'frames/s',
  'script per frame, ms',
  'longest frame, ms',
  'tasks over 50 ms',
  'longest task, ms',
];
const { options } = readCommandLine('smooth', { slowdown: 1, seconds: 20 });

/** How long the page has run scripts, in milliseconds. */
async function scriptMs(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return 1000 * metrics.find(({ name }) => name === 'ScriptDuration')!.value;
}

async function measure(page: Page, devtools: CDPSession, action: string): Promise<string[]> {
  await page.evaluate(`{ ${VIEWER_ACTIONS[action]} }`);
  await delay(SETTLE_MS);
  await page.evaluate(RESET);
  const beforeMs = await scriptMs(devtools);
  await delay(options.seconds * 1000);
  const ranMs = (await scriptMs(devtools)) - beforeMs;
  const { frames, tasks, changes } = await page.evaluate<Observed>('observed');
  const gapsMs = frames.slice(1).map((ms, index) => ms - frames[index]!);
  const framesPerSecond = (1000 * gapsMs.length) / (frames.at(-1)! - frames[0]!);
  const longestTask = tasks.length === 0 ? '–' : Math.max(...tasks).toFixed(0);
  const whole = [Math.max(...gapsMs), tasks.length].map((figure) => figure.toFixed(0));
  const perSecond = [changes / options.seconds, framesPerSecond].map((figure) => figure.toFixed(0));
  return [action, ...perSecond, (ranMs / gapsMs.length).toFixed(1), ...whole, longestTask];
}

/** The times from opening the page until its first rows are painted, each in a browser context without a cache. */
async function measureLoads(browser: Browser, url: string): Promise<number[]> {
  const timesMs = [];
  for (let load = 0; load < LOADS; load++) {
    const context = await browser.newContext({ viewport: VIEWPORT });
    const page = await context.newPage();
    await page.addInitScript(OBSERVE_FIRST_ROWS);
    await page.goto(url);
    // Not waitForFunction, which the page's Content-Security-Policy forbids.
    await page.waitForSelector('html[data-first-rows-ms]');
    timesMs.push(Number(await page.getAttribute('html', 'data-first-rows-ms')));
    await context.close();
  }
  return timesMs;
}

async function measureTick(tickSeconds: string): Promise<string[][]> {
  const { url, stop } = await startService(PORT, { ...CHURN_SETTINGS, TICK_INTERVAL_SECONDS: tickSeconds });
  const churn = new ConstantChurn(url);
  await churn.fill(VISITORS, CHANGES_PER_SECOND);
  const stopChurn = churn.start(CHANGES_PER_SECOND);
  const browser = await launchChromium();
  loadsMs.push(...(await measureLoads(browser, url)));
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.goto(url);
  await page.waitForSelector('.visitor');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: options.slowdown });
  await devtools.send('Performance.enable');
  await page.evaluate(OBSERVE);
  const rows = [];
  for (const action of Object.keys(VIEWER_ACTIONS))
    rows.push([tickSeconds, ...(await measure(page, devtools, action))]);
  await browser.close();
  stopChurn();
  await stop();
  return rows;
}

const loadsMs: number[] = [];
const rows = [];
for (const tickSeconds of TICK_SECONDS) rows.push(...(await measureTick(tickSeconds)));
console.log(`${table(HEAD, rows)}

From opening the page to its first rows: ${summary(loadsMs)} ms.

${VISITORS} visitors, ${CHANGES_PER_SECOND} changes per second, ${options.seconds} s per row, CPU of Chromium slowed ${options.slowdown} times. ${machineLine()}.`);
