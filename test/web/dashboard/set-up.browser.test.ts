import type { Page } from 'playwright-core';
import { openPage, servePages, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit, send } from '../../support/client.js';
import { FAST, problemsIn, text, untilText } from '../../support/dashboard.js';
import { SECRET, sign } from '../../support/tokens.js';
import { until } from '../../support/until.js';

const MY_APP = 'https://my-app.example';
const focusedId = (page: Page) => page.evaluate('document.activeElement.id');

test('a page whose origin is not allowed appears with the setting that allows it, and works with it', async (t) => {
  const service = await startCli(t, { ...FAST, CORS_ALLOW_ORIGIN: MY_APP });
  const { page, messages } = await openPage(t, service.url);
  await untilText(page, '#arrived', /^Nothing has arrived since /);
  t.true(await page.isVisible('#no-scripts'));
  const tag = (await text(page, '#snippet')).replace("THE-USER'S-ID", 'ada');
  const site = await servePages(t, { '/': `<!doctype html><html lang="en"><title>A site</title>${tag}` });
  const { page: sitePage } = await openPage(t, site);
  await sitePage.goto(site);
  await untilText(page, '#scripts bdi', site);
  await untilText(page, '#refusals .from bdi', site);
  t.is(await text(page, '#refusals h4'), 'Its origin is not in CORS_ALLOW_ORIGIN');
  t.regex(await text(page, '#refusals .from span'), /^(once,|\d+ times, last) (just now|\d+ s ago)$/);
  t.is(await text(page, '#arrived'), 'Heartbeats are refused. What to do:');
  const setting = await text(page, '#refusals .snippet');
  t.is(setting, `CORS_ALLOW_ORIGIN=${MY_APP},${site}`);
  t.deepEqual(problemsIn(messages), []);

  service.process.kill('SIGKILL');
  await service.exited;
  await startCli(t, {
    ...FAST,
    PORT: String(service.port),
    CORS_ALLOW_ORIGIN: setting.slice('CORS_ALLOW_ORIGIN='.length),
  });
  await sitePage.reload();
  await untilText(page, '#online', '1');
  t.false(await page.isVisible('#set-up'), 'nobody has used the panel, so it closes by itself');
  await page.click('#set-up-button');
  await untilText(page, '#heartbeats bdi', site);
  await untilText(page, '#arrived', 'Heartbeats arrive, and none is refused.');
  t.false(await page.isVisible('#refusals'));
});

test('the panel is opened, used and closed by keyboard, and keeps the focus while refusals arrive', async (t) => {
  const { url } = await startCli(t, { ...FAST, CORS_ALLOW_ORIGIN: MY_APP });
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(t, url);
  await untilText(page, '#online', '1');
  t.false(await page.isVisible('#set-up'));
  t.is(await page.getAttribute('#set-up-button', 'aria-expanded'), 'false');
  const refuse = (origin: string) => send(`${url}/v1/hit`, { body: '{"uid":"ada"}', headers: { origin } });
  await refuse('https://shop.example');
  await page.focus('#set-up-button');
  await page.keyboard.press('Enter');
  t.is(await page.getAttribute('#set-up-button', 'aria-expanded'), 'true');
  await untilText(page, '#refusals .from bdi', 'https://shop.example');
  await page.keyboard.press('Tab');
  t.is(await focusedId(page), 'copy');
  await page.keyboard.press('Tab');
  t.is(await focusedId(page), 'be-visitor');
  await page.keyboard.press('Tab');
  const focusedFix = () =>
    page.evaluate('document.activeElement.closest("#refusals li").querySelector("bdi").textContent');
  t.is(await focusedFix(), 'https://shop.example');
  await refuse('https://www.example.com');
  await refuse('https://shop.example');
  await until(async () => (await page.locator('#refusals li').count()) === 2);
  await until(async () => /^2 times/.test((await page.locator('#refusals .from span').last().textContent())!));
  t.is(await focusedFix(), 'https://shop.example');
  await page.focus('#set-up-button');
  await page.keyboard.press('Space');
  t.false(await page.isVisible('#set-up'));
});

test('a viewer with a token for a room reads that it does not show what pages send', async (t) => {
  const { url } = await startCli(t, { ...FAST, WATCH_SECRET: SECRET });
  const { page } = await openPage(t, `${url}/?room=hall&token=${await sign({ room: 'hall' })}`);
  await untilText(page, '#online', '0');
  t.false(await page.isVisible('#set-up'));
  await page.click('#set-up-button');
  await untilText(page, '#arrived', /^Your token is for some rooms\./);
  t.pass();
});
