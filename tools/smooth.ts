/**
 * `npm run smooth`: how smoothly a real Chromium shows the dashboard of ten thousand visitors, a hundred of whom change each
 * second. Prints figures, and asserts nothing. `SLOWDOWN=6` makes the browser's processor as much slower, as a phone's is.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { machineLine } from '../bench/support/machine.js';
import { table } from '../bench/support/markdown.js';
import { startService } from '../bench/support/server.js';

import { Commotion, settingsForCommotion } from './smooth/constant-churn.js';

const VISITORS = 10_000;
const CHANGES_PER_SECOND = 100;
const MEASURE_MS = 20_000;
const SETTLE_MS = 4000;
const SLOWDOWN = Number(process.env.SLOWDOWN ?? 1);

/** What the viewer does meanwhile, as a script of the page. */
const DOINGS: Record<string, string> = {
  watches: '',
  scrolls: `let down = 0;
    const step = () => {
      document.getElementById('scroller').scrollTop = (down += 24) % 500_000;
      window.frame = requestAnimationFrame(step);
    };
    step();`,
  'has searched': `cancelAnimationFrame(window.frame);
    const find = document.getElementById('find');
    find.value = 'visitor 1';
    find.dispatchEvent(new Event('input'));`,
};

/** Counts frames, what holds them up, and the changes that the page tells of. */
const OBSERVE = `window.seen = { frames: [], tasks: [], changes: 0 };
  const latest = document.getElementById('latest');
  new MutationObserver(() => {
    const [, more] = /, and (\\d+) more$/.exec(latest.textContent) ?? [];
    seen.changes += 1 + Number(more ?? 0);
  }).observe(latest, { childList: true, characterData: true, subtree: true });
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask' });
  const count = (ms) => { seen.frames.push(ms); requestAnimationFrame(count); };
  requestAnimationFrame(count);`;

interface Seen {
  readonly frames: readonly number[];
  readonly tasks: readonly number[];
  readonly changes: number;
}

async function measure(page: Page, doing: string): Promise<string[]> {
  await page.evaluate(`{ ${DOINGS[doing]} }`);
  await delay(SETTLE_MS);
  await page.evaluate('seen.frames = []; seen.tasks = []; seen.changes = 0;');
  await delay(MEASURE_MS);
  const { frames, tasks, changes } = (await page.evaluate('seen')) as Seen;
  const gaps = frames.slice(1).map((ms, index) => ms - frames[index]!);
  const perSecond = (1000 * gaps.length) / (frames.at(-1)! - frames[0]!);
  const longestTask = tasks.length === 0 ? '–' : Math.max(...tasks).toFixed(0);
  const changesPerSecond = changes / (MEASURE_MS / 1000);
  const figures = [changesPerSecond, perSecond, Math.max(...gaps), tasks.length].map((figure) => figure.toFixed(0));
  return [doing, ...figures, longestTask];
}

const rows: string[][] = [];
for (const tick of ['2', '0.1']) {
  const { url, stop } = await startService(8118, { ...settingsForCommotion, TICK_INTERVAL_SECONDS: tick });
  const commotion = new Commotion(url);
  await commotion.fill(VISITORS, CHANGES_PER_SECOND);
  const stopCommotion = commotion.start(CHANGES_PER_SECOND);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(url);
  await page.waitForSelector('.visitor');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  await page.evaluate(OBSERVE);
  for (const doing of Object.keys(DOINGS)) rows.push([`${tick} s`, ...(await measure(page, doing))]);
  await browser.close();
  stopCommotion();
  await stop();
}
const head = [
  'tick',
  'the viewer',
  'changes/s seen',
  'frames/s',
  'longest frame, ms',
  'tasks over 50 ms',
  'longest of them, ms',
];
console.log(`${table(head, rows)}

${VISITORS} visitors, ${CHANGES_PER_SECOND} changes a second, ${MEASURE_MS / 1000} s each, Chromium slowed ${SLOWDOWN} times. ${machineLine()}.`);
