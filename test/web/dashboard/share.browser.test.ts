import type { Page } from 'playwright-core';
import { openPage, servePages, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit } from '../../support/client.js';
import { chooseRoom, FAST, problemsIn, text, untilRows, untilText } from '../../support/dashboard.js';
import { SECRET, sign } from '../../support/tokens.js';
import { until } from '../../support/until.js';

const LOCKED = { ...FAST, WATCH_SECRET: SECRET, PUBLIC_VIEW: 'totals', CORS_ALLOW_ORIGIN: '*' };

async function signIn(page: Page): Promise<void> {
  await page.waitForSelector('#sign-in:not([hidden])');
  await page.fill('#token', SECRET);
  await page.press('#token', 'Enter');
  await page.click('#access summary');
}

async function makeLink(page: Page, as = 'link'): Promise<string> {
  await page.click('#share-form button[type=submit]');
  await page.waitForSelector('#share-made:not([hidden])');
  await page.selectOption('#share-as', as);
  return text(page, '#share-snippet');
}

test('an open service says so, with the lines that lock it', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page } = await openPage(t, url);
  await page.click('#access summary');
  t.regex(await text(page, '#access-text'), /^Anybody who knows this address sees who is here, by name/);
  const lines = (await text(page, '#lock')).split('\n');
  t.is(lines.length, 3);
  t.regex(lines[2]!, /--update-secrets=WATCH_SECRET=presence-watch:latest --update-env-vars=PUBLIC_VIEW=totals$/);
  t.false(await page.isVisible('#share-form'));
});

test('a link shows the whole site with names, to who has nothing else', async (t) => {
  const { url } = await startCli(t, LOCKED);
  await hit(url, { uid: 'ada', room: 'hall' });
  const { page, messages } = await openPage(t, url);
  await signIn(page);
  t.regex(await text(page, '#access-text'), /Everybody else sees how many are here\.$/);
  const link = await makeLink(page);
  t.regex(await text(page, '#share-note'), /^Whoever has it sees this until .*20\d\d/);
  t.true(link.startsWith(`${url}/?token=`));
  t.deepEqual(
    problemsIn(messages).filter((line) => !line.includes('401')),
    [],
  );
  const guest = await openPage(t, link);
  await untilRows(guest.page, 'ada');
  await guest.page.click('#access summary');
  await guest.page.click('#share-form button[type=submit]');
  await untilText(guest.page, '#share-note', 'To make links, sign in with the WATCH_SECRET itself.');
});

test('a link for the numbers of a room shows its number and chart, and neither names nor the rest of the page', async (t) => {
  const { url } = await startCli(t, LOCKED);
  for (const [uid, room] of Object.entries({ ada: 'hall', bob: 'hall', eve: 'attic' })) await hit(url, { uid, room });
  const { page } = await openPage(t, url);
  await signIn(page);
  await chooseRoom(page, 'hall');
  await page.selectOption('#share-view', 'totals');
  await until(async () => (await page.locator('#share-place option').nth(1).textContent()) === 'The room hall');
  await page.selectOption('#share-place', 'hall');
  const link = await makeLink(page);
  const guest = await openPage(t, link);
  await untilText(guest.page, '#online', '2');
  await untilText(guest.page, '#connection', 'Live');
  for (const id of ['list-panel', 'show', 'access', 'set-up', 'set-up-button'])
    await until(async () => !(await guest.page.isVisible(`#${id}`)), id);
  await hit(url, { uid: 'zoe', room: 'hall' });
  await untilText(guest.page, '#online', '3');
  t.true(await guest.page.isVisible('#chart'));
  t.notRegex(await guest.page.content(), /ada|zoe/);
});

test('a link works in a frame of another site, and as an EventSource of its script', async (t) => {
  const site = await servePages(t, { '/': '<!doctype html><title>A site</title>' });
  const { url } = await startCli(t, { ...LOCKED, FRAME_ANCESTORS: new URL(site).origin });
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(t, url);
  await signIn(page);
  const frame = await makeLink(page, 'frame');
  const script = await makeLink(page, 'stream');
  const { page: sitePage } = await openPage(t, site);
  await sitePage.evaluate(`document.body.innerHTML = ${JSON.stringify(frame)}`);
  await sitePage.frameLocator('iframe').locator('.visitor .name').waitFor();
  const total = await sitePage.evaluate(
    `new Promise((resolve) => { (${script}).onmessage = ({ data }) => resolve(JSON.parse(data).online_total) })`,
  );
  t.is(total, 1);
});

test('a sign-in with a token for numbers opens the numbers, and a later one with the secret everything', async (t) => {
  const { url } = await startCli(t, LOCKED);
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(t, url);
  await page.waitForSelector('#sign-in:not([hidden])');
  await page.fill('#token', await sign({ view: 'totals' }));
  await page.press('#token', 'Enter');
  await untilText(page, '#online', '1');
  await until(async () => !(await page.isVisible('#list-panel')));
  await page.click('#sign-out');
  await signIn(page);
  await untilRows(page, 'ada');
  t.true(await page.isVisible('#access'));
});
