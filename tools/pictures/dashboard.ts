import { statSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { JsonClient } from '../../bench/support/json-client.js';
import { startService } from '../../bench/support/server.js';
import { DASHBOARD_STATES, type DashboardState, DEFAULT_CONTEXT } from './dashboard-states.js';

const PORT = 8123;
const MAX_BYTES = 120_000;
const ROOMS = ['home', 'pricing', 'docs', 'checkout', 'forum'];
const NAMES =
  'Ada Bob Carol Dan Eve Faythe Grace Heidi Ivan Judy Kim Leo Mallory Niaj Olivia Peggy Rupert Sybil Trent'.split(' ');
const SURNAMES =
  'Abara Brandt Costa Dubois Eriksen Fischer Garcia Haddad Ito Jansen Kaya Lopez Moreau Novak Okafor Petrov Quinn Rossi Silva Tanaka Umar Vogel Weber Xu Yilmaz Zhang'.split(
    ' ',
  );
const SAMPLE_SECONDS = 10;
/** Longer than the page fades outdated counts, and marks new rows. */
const SETTLE_MS = 4500;

/** Takes one picture of each state, or of the one that is named. Throws when a picture is too large for the documents. */
export async function takeDashboardPictures(browser: Browser, folder: string, only?: string): Promise<void> {
  for (const state of DASHBOARD_STATES) {
    const name = `dashboard-${state.name}`;
    if (only !== undefined && only !== name) continue;
    const path = `${folder}/${name}.png`;
    await takePicture(browser, state, path);
    const { size } = statSync(path);
    if (size > MAX_BYTES) throw new Error(`${path} has ${size} bytes, more than ${MAX_BYTES}.`);
  }
}

async function takePicture(browser: Browser, state: DashboardState, path: string): Promise<void> {
  const { url, stop } = await startService(PORT, { ONLINE_WINDOW_SECONDS: '3600', ...state.environment });
  let stopped: Promise<void> | undefined;
  const stopOnce = () => (stopped ??= stop());
  await sendHeartbeats(url, state.visitors);
  const context = await browser.newContext({ ...DEFAULT_CONTEXT, ...state.context, baseURL: url });
  const page = await context.newPage();
  if (state.environment?.WATCH_SECRET === undefined) {
    await page.route(/\/v1\/history/, (route) => route.fulfill({ json: historyOf(state) }));
  }
  await page.goto(url);
  const live = '#connection[data-state="live"]';
  if (state.prepare) {
    await page.waitForSelector(state.environment?.WATCH_SECRET === undefined ? live : '#sign-in:not([hidden])');
    await page.waitForTimeout(SETTLE_MS);
    await state.prepare(page, stopOnce);
  }
  await page.waitForSelector(state.isReached ?? live);
  await page.waitForTimeout(SETTLE_MS);
  await page.screenshot({ path });
  await context.close();
  await stopOnce();
}

async function sendHeartbeats(url: string, count: number): Promise<void> {
  const client = new JsonClient();
  const send = (index: number) => {
    const body = {
      uid: `user-${String(index + 1).padStart(5, '0')}`,
      room: ROOMS[(index * 7) % ROOMS.length],
      info: { name: nameOf(index) },
      idle_for: index % 4 === 3 || index === 2 ? 301 + (index % 500) : index % 240,
    };
    return client.post(`${url}/v1/hit`, body);
  };
  for (let sent = 0; sent < count; sent += 100)
    await Promise.all(Array.from({ length: Math.min(100, count - sent) }, (_, index) => send(sent + index)));
  client.close();
}

/** A name of its own for each of some thousand visitors. */
function nameOf(index: number): string {
  const first = NAMES[index % NAMES.length]!;
  const last = SURNAMES[Math.floor(index / NAMES.length) % SURNAMES.length]!;
  const round = Math.floor(index / NAMES.length / SURNAMES.length);
  return round === 0 ? `${first} ${last}` : `${first} ${String.fromCharCode(64 + round)}. ${last}`;
}

/** An hour that ends with the present counts, as nobody wants to wait for one. */
function historyOf({ visitors, knownMinutes = 60 }: DashboardState) {
  const now = Math.floor(Date.now() / 1000);
  const steps = Math.floor((knownMinutes * 60) / SAMPLE_SECONDS);
  const ts = Array.from({ length: steps }, (_, index) => now - (steps - 1 - index) * SAMPLE_SECONDS);
  const online = ts.map((each) => {
    const age = (now - each) / 3600;
    const wave = 1 - 0.35 * age + 0.05 * Math.sin(age * 21) + 0.02 * Math.sin(age * 77);
    return Math.round(visitors * wave);
  });
  const active = online.map((count, index) => Math.round(count * (0.74 + 0.05 * Math.sin(index / 37))));
  const since = now - knownMinutes * 60;
  return { interval: SAMPLE_SECONDS, since, complete_from: since, ts, online_total: online, active_total: active };
}
