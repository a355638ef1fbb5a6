import { readFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import { devices } from 'playwright-core';
import { openPage, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit, send } from '../../support/client.js';
import { chooseRoom, FAST, problemsIn, text, untilRows, untilText } from '../../support/dashboard.js';
import { SECRET, sign } from '../../support/tokens.js';
import { until } from '../../support/until.js';

/** Four visitors, who came in another order than that of their names, and touched their pages in yet another. */
async function startWithVisitors(t: ExecutionContext, settings: Record<string, string> = {}) {
  const service = await startCli(t, { ...FAST, ...settings });
  const visitors = { Cleo: 30, Ada: 10, Dan: 400, Bob: 20 };
  for (const [name, idle_for] of Object.entries(visitors)) {
    const room = name < 'C' ? 'attic' : 'hall';
    await hit(service.url, { uid: `id-${name}`, session: 'a', room, idle_for, info: { name } });
  }
  return service;
}

test('the heads of the columns sort the list, and say so to screen readers', async (t) => {
  const { url } = await startWithVisitors(t);
  const { page, messages } = await openPage(t, url);
  await untilRows(page, 'Ada', 'Bob', 'Cleo', 'Dan');
  const sorted = () => page.locator('th[aria-sort]').evaluateAll((heads) => heads.map((head) => head.ariaSort).join());
  const sort = (name: string) => page.click(`th button:has-text("${name}")`);
  t.is(await sorted(), 'ascending');
  await sort('Name');
  await untilRows(page, 'Dan', 'Cleo', 'Bob', 'Ada');
  t.is(await sorted(), 'descending');
  await sort('Last activity');
  await untilRows(page, 'Ada', 'Bob', 'Cleo', 'Dan');
  await sort('Room');
  await untilRows(page, 'Ada', 'Bob', 'Cleo', 'Dan');
  await hit(url, { uid: 'id-Bob', session: 'a', room: 'zoo' });
  await send(`${url}/v1/leave`, { body: '{"uid":"id-Bob","session":"a","room":"attic"}' });
  await untilRows(page, 'Ada', 'Cleo', 'Dan', 'Bob');
  await sort('Status');
  await hit(url, { uid: 'id-Dan', session: 'a', idle_for: 0 });
  await hit(url, { uid: 'id-Eve', session: 'a', idle_for: 400, info: { name: 'Eve' } });
  await hit(url, { uid: 'id-Al', session: 'a', idle_for: 0, info: { name: 'Al' } });
  await untilRows(page, 'Ada', 'Al', 'Bob', 'Cleo', 'Dan', 'Eve');
  t.deepEqual(problemsIn(messages), []);
});

test('an address with filters, an order and a visitor opens the page so, and follows it; the token and its room stay', async (t) => {
  const { url } = await startWithVisitors(t, { WATCH_SECRET: SECRET });
  const token = await sign({});
  const query = `?token=${token}&room=attic&status=active&find=id-&sort=-name&visitor=id-Bob`;
  const { page } = await openPage(t, url + query);
  await untilRows(page, 'Bob', 'Ada');
  await untilText(page, '#explanation-title', 'Bob');
  await page.waitForSelector('#explanation[open]');
  t.is(await page.inputValue('#room'), 'attic');
  t.is(await page.inputValue('#status'), 'active');
  await page.keyboard.press('Escape');
  await until(() => page.url() === `${url}/${query.replace('&visitor=id-Bob', '')}`);
  await page.click('.visitor .open:has-text("Ada")');
  await until(() => page.url().endsWith('&visitor=id-Ada'));
  await page.waitForSelector('#explanation[open]');
  await page.keyboard.press('Escape');
  await page.click('#clear');
  await until(() => page.url() === `${url}/?token=${token}&room=attic&sort=-name`);
  await untilRows(page, 'Bob', 'Ada');
  t.false(await page.isVisible('#clear'));
  t.is(await page.evaluate('document.activeElement.id'), 'find');
});

test('"/" goes to Find, which looks at rooms too and announces how many it found; an empty result can be cleared', async (t) => {
  const { url } = await startWithVisitors(t);
  const { page } = await openPage(t, url);
  await untilRows(page, 'Ada', 'Bob', 'Cleo', 'Dan');
  await page.keyboard.press('/');
  await page.keyboard.type('ATTIC/');
  t.is(await page.inputValue('#find'), 'ATTIC/');
  await page.waitForSelector('#none-clear');
  await page.keyboard.press('Backspace');
  await untilRows(page, 'Ada', 'Bob');
  await untilText(page, '#found', '2 of 4 visitors');
  await untilText(page, '#found-announcer', '2 of 4 visitors');
  await page.fill('#find', 'nobody');
  await page.click('#none-clear');
  await untilRows(page, 'Ada', 'Bob', 'Cleo', 'Dan');
  t.is(await text(page, '#found'), '');
});

test('a click on a room in a row shows this room, and another one the whole site; the arrow keys reach it', async (t) => {
  const { url } = await startWithVisitors(t);
  const { page } = await openPage(t, url);
  await page.click('.visitor:has-text("Ada") .chip');
  await untilRows(page, 'Ada', 'Bob');
  t.is(await page.inputValue('#room'), 'attic');
  t.false(await page.isVisible('#explanation'));
  await page.click('.visitor:has-text("Bob") .chip[aria-pressed="true"]');
  await untilRows(page, 'Ada', 'Bob', 'Cleo', 'Dan');
  await page.waitForSelector('.visitor:has-text("Cleo") .chip');
  await page.focus('.visitor:has-text("Cleo") .open');
  await page.keyboard.press('ArrowRight');
  t.is(await page.evaluate('document.activeElement.textContent'), 'hall');
  await page.keyboard.press('Escape');
  t.is(await page.evaluate('document.activeElement.className'), 'open');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await untilRows(page, 'Cleo', 'Dan');
});

test('the visitors in the list are saved as a CSV file, in its order', async (t) => {
  const { url } = await startWithVisitors(t);
  const { page } = await openPage(t, `${url}/?sort=-name`);
  await chooseRoom(page, 'attic');
  await untilRows(page, 'Bob', 'Ada');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#csv')]);
  t.is(download.suggestedFilename(), 'visitors.csv');
  const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
  const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z';
  t.regex(lines[1]!, new RegExp(`^id-Bob,Bob,active,attic,${time},${time}$`));
  t.regex(lines[2]!, /^id-Ada,Ada,/);
  t.is(lines.length, 4);
});

test('on a phone the page scrolls and not the list, which shows the first visitors until all are asked for', async (t) => {
  const { url } = await startCli(t, FAST);
  const uidOf = (index: number) => `v${String(index).padStart(3, '0')}`;
  for (let index = 0; index < 120; index++) await hit(url, { uid: uidOf(index), session: 'a', room: 'hall' });
  const { page } = await openPage(t, url, devices['iPhone 13']);
  await page.waitForSelector('.visitor');
  t.true(await page.evaluate('scroller.scrollHeight === scroller.clientHeight'));
  t.true(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
  await page.tap('#more');
  await until(() => page.evaluate('scroller.clientHeight >= 120 * 48'));
  t.false(await page.isVisible('#more'));
  await page.evaluate('scrollTo(0, document.body.scrollHeight)');
  await page.waitForSelector(`.visitor:has-text("${uidOf(119)}") .where:has-text("hall")`);
  t.true((await page.locator('.visitor').count()) < 60);
  await page.selectOption('#sort', '-name');
  await page.evaluate('scrollTo(0, 0)');
  await until(async () => (await page.locator('.visitor .name').first().textContent()) === uidOf(119));
});
