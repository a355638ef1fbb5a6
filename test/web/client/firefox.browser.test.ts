import type { ExecutionContext } from 'ava';
import type { Page } from 'puppeteer-core';
import { servePages } from '../../support/browser.js';
import { type CliService, startCli } from '../../support/cli.js';
import { openFirefox, firefoxTest as test } from '../../support/firefox.js';
import { until } from '../../support/until.js';
import { AUTO_SCROLL, CHAT, EXPIRING, tagOf, visitorOf } from '../../support/visitor-script.js';

/** Opens a page where a visitor is idle after two seconds without input. */
async function openIdlePage(t: ExecutionContext, html: string): Promise<{ service: CliService; page: Page }> {
  const service = await startCli(t, { ...EXPIRING, ACTIVE_WINDOW_SECONDS: '2' });
  const tag = tagOf(service, 'data-uid="ada" data-interval="0.5"');
  const site = await servePages(t, { '/': `<!doctype html><title>A site</title>${tag}${html}` });
  const { page } = await openFirefox(t);
  await page.goto(site);
  return { service, page };
}

test('in Firefox, a chat that scrolls by itself lets the visitor turn idle; scrollbar, wheel and keys make it active', async (t) => {
  const { service, page } = await openIdlePage(t, CHAT);
  const isActive = async () => (await visitorOf(service, 'ada')).status === 'active';
  const untilIdle = () =>
    until(async () => (await visitorOf(service, 'ada')).status === 'idle', 'the visitor to be idle');
  await page.evaluate(AUTO_SCROLL);
  await untilIdle();

  await page.mouse.move(195, 150);
  await page.mouse.down();
  let y = 150;
  await until(async () => {
    y = y === 150 ? 160 : 150;
    await page.mouse.move(195, y);
    return isActive();
  }, 'a drag of the scrollbar to count');
  await page.mouse.up();
  await untilIdle();

  await until(async () => {
    await page.mouse.wheel({ deltaY: 10 });
    return isActive();
  }, 'the wheel to count');
  await untilIdle();

  await until(async () => {
    await page.keyboard.press('a');
    return isActive();
  }, 'a key to count');
  t.pass();
});

test('in Firefox, typing in a frame of the origin of the page makes the visitor active', async (t) => {
  const { service, page } = await openIdlePage(t, '<iframe srcdoc="<textarea></textarea>"></iframe>');
  await until(async () => (await visitorOf(service, 'ada')).status === 'idle', 'the visitor to be idle');
  await page.evaluate("frames[0].document.querySelector('textarea').focus()");
  await until(async () => {
    await page.keyboard.press('a');
    return (await visitorOf(service, 'ada')).status === 'active';
  }, 'typing to count');
  t.regex(String(await page.evaluate("frames[0].document.querySelector('textarea').value")), /^a+$/);
});
