import type { ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { openPage, browserTest as test, untilDrawn } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit, send } from '../../support/client.js';
import { FAST, openExplanation, problemsIn, text, untilText } from '../../support/dashboard.js';
import { SECRET } from '../../support/tokens.js';
import { until } from '../../support/until.js';

async function openDashboard(t: ExecutionContext, uids: readonly string[]) {
  const { url } = await startCli(t, FAST);
  for (const uid of uids) await hit(url, { uid, session: 'a', info: { name: `Name of ${uid}`, pet: 'cat' } });
  const { page } = await openPage(t, url);
  await page.waitForSelector('.visitor');
  return { url, page };
}

const isOpen = (page: Page) => page.isVisible('#explanation');

/** Opens the dialog for a visitor. @returns where it is */
async function explain(page: Page, uid: string) {
  await openExplanation(page, `.visitor:has-text("${uid}")`);
  await untilText(page, '#explanation-title', /Name of/);
  return (await page.locator('#explanation').boundingBox())!;
}

test('a click on a visitor opens the explanation, which shows names and info as text and never as HTML', async (t) => {
  const { url } = await startCli(t, FAST);
  const html = '<img src=x onerror=alert(1)>';
  await hit(url, {
    uid: html,
    room: html,
    session: 'a',
    info: { name: `${html}!`, avatar: 'javascript:alert(1)', note: html },
  });
  const { page, messages } = await openPage(t);
  let hasAlerted = false;
  page.on('dialog', (dialog) => {
    hasAlerted = true;
    void dialog.dismiss();
  });
  await page.goto(url);
  await openExplanation(page);
  t.is(await text(page, '#explanation-title'), `${html}!`);
  t.regex(
    await text(page, '#explanation-sentences'),
    /^Active: touched the page .* turns idle at .*One page is open\.In \u2068<img/,
  );
  t.regex(await text(page, '#explanation-info'), /^note<img/);
  t.is(await page.locator('.list img, dialog img').count(), 0);
  await page.keyboard.press('Escape');
  t.false(await page.isVisible('#explanation'));
  t.false(hasAlerted);
  t.deepEqual(problemsIn(messages), []);
});

test('a click on the backdrop closes the explanation; a click on its edge or a drag from inside does not', async (t) => {
  const { page } = await openDashboard(t, ['ada']);
  const { x, y, width } = await explain(page, 'ada');
  await page.mouse.click(x + 5, y + 5);
  t.true(await isOpen(page), 'a click on its own edge');
  await page.mouse.move(x + 60, y + 60);
  await page.mouse.down();
  await page.mouse.move(x + width + 60, y + 60);
  await page.mouse.up();
  t.true(await isOpen(page), 'a selection that ends on the backdrop');
  await page.mouse.click(x - 20, y + 60);
  await until(async () => !(await isOpen(page)));
});

test('a double click on a visitor opens the explanation and does not close it again', async (t) => {
  const { page } = await openDashboard(t, ['ada']);
  const { x, y } = (await page.locator('.visitor').boundingBox())!;
  await page.mouse.move(x + 10, y + 10);
  await page.mouse.down({ clickCount: 1 });
  await page.mouse.up({ clickCount: 1 });
  await page.waitForSelector('#explanation[open]');
  await page.mouse.down({ clickCount: 2 });
  await page.mouse.up({ clickCount: 2 });
  await untilDrawn(page);
  t.true(await isOpen(page));
});

test('a uid that is selected for copying stays selected while the explanation refreshes', async (t) => {
  // With two, the list's own look-ups have another address.
  const { page } = await openDashboard(t, ['ada', 'bob']);
  await explain(page, 'ada');
  await page.evaluate('getSelection().selectAllChildren(document.getElementById("explanation-uid"))');
  // The second request comes after the first answer has been shown.
  for (let times = 0; times < 2; times++) await page.waitForRequest(/uids=ada$/);
  await untilDrawn(page);
  t.is(await page.evaluate('String(getSelection())'), 'ada');
});

test('the explanation of a visitor who leaves keeps the name, and closing it focuses the next visitor in the list', async (t) => {
  const { url, page } = await openDashboard(t, ['ada', 'bob', 'eve']);
  await explain(page, 'bob');
  await send(`${url}/v1/leave`, { body: '{"uid":"bob"}' });
  await untilText(page, '#explanation-sentences', /^Offline/);
  t.is(await text(page, '#explanation-title'), 'Name of bob');
  t.is(await text(page, '#explanation-info'), 'petcat');
  await page.keyboard.press('Escape');
  await until(
    async () => (await page.evaluate('document.activeElement.querySelector(".name")?.textContent')) === 'Name of eve',
  );
  t.pass();
});

test('visitors whose names mean something in an address are explained like others', async (t) => {
  const uids = ['.', '..', 'a,b', 'a/../b', 'a+b&c=%2C'];
  const { page } = await openDashboard(t, uids);
  for (const uid of uids) {
    await page
      .locator('.visitor')
      .filter({ has: page.getByText(`Name of ${uid}`, { exact: true }) })
      .click();
    await page.waitForSelector('#explanation[open]');
    t.is(await text(page, '#explanation-title'), `Name of ${uid}`);
    t.is(await text(page, '#explanation-uid'), uid);
    await page.keyboard.press('Escape');
  }
});

test('an explanation that cannot be loaded does not show the one before', async (t) => {
  const { url } = await startCli(t, FAST);
  for (const uid of ['ada', 'bob']) await hit(url, { uid, session: 'a', info: { pet: `the cat of ${uid}` } });
  const { page } = await openPage(t);
  await page.route(/\?uids=bob$/, (route) => route.abort());
  await page.goto(url);
  await page.click('.visitor:has-text("ada")');
  await untilText(page, '#explanation-info', /cat of ada/);
  await page.keyboard.press('Escape');
  await openExplanation(page, '.visitor:has-text("bob")');
  t.is(await text(page, '#explanation-title'), 'bob');
  t.is(await text(page, '#explanation-info'), '');
  await untilText(page, '#explanation-sentences', /cannot be asked/);
});

test('the explanation closes when the service no longer lets the browser watch', async (t) => {
  const service = await startCli(t, FAST);
  await hit(service.url, { uid: 'ada', session: 'a', info: { name: 'Name of ada' } });
  const { page } = await openPage(t, service.url);
  await explain(page, 'ada');
  service.process.kill('SIGKILL');
  await service.exited;
  await startCli(t, { ...FAST, PORT: String(service.port), WATCH_SECRET: SECRET });
  await page.waitForSelector('#sign-in:not([hidden])');
  t.false(await isOpen(page));
});

test('the close button stays at the top of the explanation, however long the name', async (t) => {
  const { url } = await startCli(t, FAST);
  await hit(url, { uid: 'ada', session: 'a', info: { name: 'A name that goes on and on. '.repeat(12) } });
  const { page } = await openPage(t, url, { viewport: { width: 375, height: 700 } });
  await openExplanation(page);
  await untilText(page, '#explanation-title', /goes on/);
  const [dialog, button] = await Promise.all(
    ['#explanation', '#close-explanation'].map((selector) => page.locator(selector).boundingBox()),
  );
  t.true(button!.y - dialog!.y < 30, `${button!.y - dialog!.y}`);
});
