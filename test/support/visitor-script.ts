import type { ExecutionContext } from 'ava';
import type { LaunchOptions, Page } from 'playwright-core';
import type { VisitorAnswer } from '../../src/protocol/messages.js';
import { openContext, openPageIn, servePages } from './browser.js';
import { type CliService, startCli } from './cli.js';
import { send } from './client.js';
import { until } from './until.js';

/** Without heartbeats visitors go offline after this time. Many browsers on a busy machine may all stall for seconds. */
export const ONLINE_WINDOW_SECONDS = 6;

/** Settings under which visitors go offline soon. */
export const EXPIRING = {
  CORS_ALLOW_ORIGIN: '*',
  HEARTBEAT_SECONDS: '0.5',
  ONLINE_WINDOW_SECONDS: String(ONLINE_WINDOW_SECONDS),
  LEAVE_SETTLE_SECONDS: '0.4',
  TICK_INTERVAL_SECONDS: '0.1',
};

/** Settings under which visitors stay online until they leave. */
export const LASTING = {
  CORS_ALLOW_ORIGIN: '*',
  METRICS: 'open',
  LEAVE_SETTLE_SECONDS: '0',
  ONLINE_WINDOW_SECONDS: '3600',
  TICK_INTERVAL_SECONDS: '0.1',
};

/** A chat log that is longer than its box, at the left edge of the page. */
export const CHAT = `
  <div id="chat" style="position:absolute;left:0;top:100px;width:200px;height:200px;overflow-y:scroll">
    <div style="height:9000px">Hello</div>
  </div>`;

/** Scrolls the chat ten times a second, as a chat with many messages does. */
export const AUTO_SCROLL = `setInterval(() => {
  const chat = document.querySelector('#chat');
  chat.scrollTop = (chat.scrollTop + 5) % 5000;
}, 100);`;

/** The line to paste. */
export const tagOf = ({ url }: CliService, attributes: string): string =>
  `<script async src="${url}/client.js" ${attributes}></script>`;

/**
 * Starts the service and opens a page of another origin with the pasted line, which sends a heartbeat every half second
 * under `EXPIRING`.
 */
export async function openWithTag(
  t: ExecutionContext,
  attributes: string,
  environment: Record<string, string> = {},
  { html = '<p>Hello', launchOptions }: { html?: string; launchOptions?: LaunchOptions | undefined } = {},
) {
  const service = await startCli(t, { ...EXPIRING, ...environment });
  const site = await servePages(t, {
    '/': `<!doctype html><title>A site</title>${tagOf(service, `data-interval="0.5" ${attributes}`)}${html}`,
    '/other': '<!doctype html><title>Other</title>Other',
  });
  const { page, messages } = await openPageIn(await openContext(t, {}, launchOptions));
  await page.goto(site);
  return { service, site, page, messages };
}

/** Opens a page of another origin with this content. */
export async function openSite(t: ExecutionContext, html: string, headers: Record<string, string> = {}) {
  const site = await servePages(t, { '/': `<!doctype html><title>A site</title>${html}` }, headers);
  const { page, messages } = await openPageIn(await openContext(t));
  await page.goto(site);
  return { page, messages };
}

/** Inserts the tag as scripts do, and waits until it has run. */
export const insertTag = (
  page: Page,
  { url }: CliService,
  attributes: Readonly<Record<string, string>>,
): Promise<unknown> =>
  page.evaluate(`(() => {
    const tag = document.createElement('script');
    for (const [name, value] of Object.entries(${JSON.stringify(attributes)})) tag.setAttribute(name, value);
    tag.src = '${url}/client.js';
    return new Promise((resolve) => { tag.onload = resolve; document.head.append(tag); });
  })()`);

/** What the service answers about a visitor. */
export const visitorOf = async ({ url }: CliService, uid: string) =>
  (await send(`${url}/v1/visitors/${encodeURIComponent(uid)}`)).json<VisitorAnswer>();

export const isOnline = async (service: CliService, uid: string): Promise<boolean> =>
  (await visitorOf(service, uid)).status !== 'offline';

export const untilOnline = (service: CliService, uid: string): Promise<unknown> =>
  until(() => isOnline(service, uid), `${uid} to be online`);

export const untilOffline = (service: CliService, uid: string): Promise<unknown> =>
  until(async () => !(await isOnline(service, uid)), `${uid} to be offline`);

/** Waits until heartbeats of an online visitor have arrived for more than this time. */
export async function untilSeenFor(service: CliService, uid: string, seconds: number): Promise<void> {
  const { last_seen: first } = await visitorOf(service, uid);
  const wasSeenLater = async () => {
    const { last_seen: latest } = await visitorOf(service, uid);
    return latest !== null && latest > first! + seconds;
  };
  await until(wasSeenLater, `heartbeats of ${uid} for ${seconds} s`);
}

/**
 * Lets another visitor of the page send heartbeats every half second, and waits until they have arrived for two seconds.
 * Whatever else the page would have sent in that time has arrived then as well.
 */
export async function untilOtherBeats(
  page: Page,
  service: CliService,
  options: { token?: string } = {},
): Promise<void> {
  const start = JSON.stringify({ uid: 'other', intervalSeconds: 0.5, ...options });
  await page.evaluate(`import('${service.url}/client.mjs').then(({ start }) => { start(${start}); })`);
  await untilOnline(service, 'other');
  await untilSeenFor(service, 'other', 2);
}
