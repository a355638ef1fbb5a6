import { openPage, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { FAST, problemsIn, text, untilRows, untilText } from '../../support/dashboard.js';
import { SECRET } from '../../support/tokens.js';
import { until } from '../../support/until.js';

test('an empty site shows the line to paste, and the viewer can become a visitor and stop', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page, messages } = await openPage(t, url);
  await page.waitForSelector('#set-up:not([hidden])');
  await untilText(page, '#set-up-title', 'Nobody is here yet');
  t.is(await text(page, '#snippet'), `<script async src="${url}/client.js" data-uid="THE-USER'S-ID"></script>`);
  await page.click('#be-visitor');
  await untilText(page, '#online', '1');
  await untilRows(page, 'This browser');
  t.is(await text(page, '#be-visitor'), 'Stop being a visitor');
  await page.click('#be-visitor');
  await untilText(page, '#online', '0');
  t.is(await text(page, '#set-up-title'), 'Set up', 'the site is known to have had visitors');
  t.deepEqual(problemsIn(messages), []);
});

test('the end of the page says how the service itself is doing', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page } = await openPage(t, url);
  await untilText(page, '#service', /^Version \d\S* · 0 of at most 200,000 visitors · [01] of at most 800 streams$/);
  t.pass();
});

test('a site that stays empty for longer than the online window is said to be empty', async (t) => {
  const { url } = await startCli(t, { ...FAST, HEARTBEAT_SECONDS: '0.5', ONLINE_WINDOW_SECONDS: '1' });
  const { page } = await openPage(t, url);
  await untilText(page, '#set-up-title', 'Nobody is here yet');
  await until(async () => !(await page.isVisible('#collecting')));
  t.pass();
});

test('without access to the clipboard the copy button selects the line', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page, messages } = await openPage(t);
  // As on an address with plain http other than localhost.
  await page.addInitScript('Object.defineProperty(navigator, "clipboard", { value: undefined });');
  await page.goto(url);
  await page.click('#copy');
  await untilText(page, '#copy', /Ctrl/);
  t.is(await page.evaluate('String(getSelection())'), await text(page, '#snippet'));
  t.deepEqual(
    messages.filter((line) => line.startsWith('uncaught')),
    [],
  );
});

test('a double click on the visitor button makes one visitor, which can be stopped', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page } = await openPage(t);
  let load = () => {};
  const isClicked = new Promise<void>((resolve) => {
    load = resolve;
  });
  await page.route(/client\.mjs/, async (route) => {
    await isClicked;
    await route.continue();
  });
  await page.goto(url);
  await page.dblclick('#be-visitor');
  load();
  await until(
    async () => (await text(page, '#online')) !== '0' && (await text(page, '#be-visitor')) === 'Stop being a visitor',
  );
  t.is(await text(page, '#online'), '1');
  await page.click('#be-visitor');
  await untilText(page, '#online', '0');
});

test('where visitors need a token the visitor button says so', async (t) => {
  const { url } = await startCli(t, { ...FAST, HIT_SECRET: SECRET });
  const { page } = await openPage(t, url);
  await page.click('#be-visitor');
  await untilText(page, '#be-visitor', 'Visitors need a token');
  t.is(await text(page, '#online'), '0');
});
