import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { launchBrowser, openPage, browserTest as test } from '../support/browser.js';
import { startCli } from '../support/cli.js';
import { hit, send } from '../support/client.js';
import { FAST, text } from '../support/dashboard.js';
import { SECRET } from '../support/tokens.js';
import { until } from '../support/until.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Faults and errors that the page has said; hints of the browser are none. */
const wrongs = (said: readonly string[]) => said.filter((line) => /^(error|fault|warning)/.test(line));

test('the counts and the list are those of /v1/online, and follow it', async (t) => {
  const { url } = await startCli(t, FAST);
  for (let index = 0; index < 25; index++) {
    await hit(url, { uid: `v${index}`, room: 'hall', info: { name: `Name ${index}` }, idle_for: index < 5 ? 400 : 0 });
  }
  const { page, said } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await until(async () => (await text(page, '#online')) === '25');
  t.is(await text(page, '#active'), '20');
  t.is(await text(page, '#idle'), '5');
  t.is(await text(page, '#connection'), 'Live');
  await page.waitForSelector('.visitor');
  await send(`${url}/v1/leave`, { body: '{"uid":"v7"}' });
  await hit(url, { uid: 'zoe' });
  await hit(url, { uid: 'v1', idle_for: 0 });
  await until(async () => (await text(page, '#active')) === '21');
  const { online_total } = (await send(`${url}/v1/online`)).json();
  t.is(await text(page, '#online'), String(online_total));
  await page.fill('#find', 'name 7');
  await until(async () => (await page.isVisible('#none')) && !(await page.isVisible('.visitor')));
  await page.fill('#find', 'NAME 1');
  await until(async () => (await page.locator('.visitor').count()) === 11);
  await page.selectOption('#status', 'idle');
  await until(async () => (await page.locator('.visitor').count()) === 0);
  t.deepEqual(wrongs(said), []);
});

test('a room shows only who is in it', async (t) => {
  const { url } = await startCli(t, FAST);
  await hit(url, { uid: 'ada', room: 'hall' });
  await hit(url, { uid: 'bob', room: 'attic' });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await until(async () => (await page.locator('#room option').count()) === 3);
  await page.selectOption('#room', 'attic');
  await until(async () => (await text(page, '#online')) === '1');
  await until(async () => (await page.locator('.visitor .name').allTextContents()).join() === 'bob');
  t.pass();
});

test('a click explains a visitor, with names and infos as text whatever they hold', async (t) => {
  const { url } = await startCli(t, FAST);
  const nasty = '<img src=x onerror=alert(1)>';
  await hit(url, {
    uid: nasty,
    room: nasty,
    session: 'a',
    info: { name: `${nasty}!`, avatar: 'javascript:alert(1)', note: nasty },
  });
  const { page, said } = await openPage(await launchBrowser(t));
  let alerted = false;
  page.on('dialog', (dialog) => {
    alerted = true;
    void dialog.dismiss();
  });
  await page.goto(url);
  await page.click('.visitor');
  await page.waitForSelector('#explanation[open]');
  t.is(await text(page, '#explanation-title'), `${nasty}!`);
  t.regex(
    (await text(page, '#explanation-sentences'))!,
    /^Active: touched the page .* turns idle at .*One page is open\.In <img/,
  );
  t.regex((await text(page, '#explanation-info'))!, /^note<img/);
  t.is(await page.locator('.list img, dialog img').count(), 0);
  await page.keyboard.press('Escape');
  t.false(await page.isVisible('#explanation'));
  t.false(alerted);
  t.deepEqual(wrongs(said), []);
});

test('after a restart of the service the page says so, and the counts return', async (t) => {
  const environment = { ...FAST, ONLINE_WINDOW_SECONDS: '60' };
  const service = await startCli(t, environment);
  await hit(service.url, { uid: 'ada' });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(service.url);
  await until(async () => (await text(page, '#online')) === '1');
  service.process.kill('SIGKILL');
  await service.exited;
  await until(async () => /^Reconnecting, last heard at/.test((await text(page, '#connection'))!));
  const next = await startCli(t, { ...environment, PORT: String(service.port) });
  await hit(next.url, { uid: 'ada' });
  await hit(next.url, { uid: 'bob' });
  await until(async () => (await text(page, '#online')) === '2' && (await text(page, '#connection')) === 'Live');
  t.regex((await text(page, '#collecting'))!, /^Collecting until .*, as the service has just started$/);
  t.true(await page.isVisible('#collecting'));
});

test('a first-time viewer gets the line to paste, and can become a visitor and stop', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page, said } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await page.waitForSelector('#start:not([hidden])');
  t.is(await text(page, '#start-title'), 'Nobody has been heard of yet');
  t.is(await text(page, '#snippet'), `<script async src="${url}/client.js" data-uid="THE-USER'S-ID"></script>`);
  await page.click('#be-visitor');
  await until(async () => (await text(page, '#online')) === '1');
  await until(async () => (await page.locator('.visitor .name').allTextContents()).join() === 'This browser');
  t.is(await text(page, '#be-visitor'), 'Stop being a visitor');
  await page.click('#be-visitor');
  await until(async () => (await text(page, '#online')) === '0');
  t.true(await page.isVisible('#start'));
  t.deepEqual(wrongs(said), []);
});

test('a site that is empty for longer than the window is said to be', async (t) => {
  const { url } = await startCli(t, { ...FAST, HEARTBEAT_SECONDS: '0.5', ONLINE_WINDOW_SECONDS: '1' });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await until(async () => (await text(page, '#start-title')) === 'Nobody is here yet');
  await until(async () => !(await page.isVisible('#collecting')));
  t.pass();
});

test('with WATCH_SECRET the page asks for it, and opens by it', async (t) => {
  const { url } = await startCli(t, { ...FAST, WATCH_SECRET: SECRET });
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await page.waitForSelector('#sign-in:not([hidden])');
  await page.fill('#token', 'wrong');
  await page.press('#token', 'Enter');
  await until(async () => /^Send a JSON Web Token/.test((await text(page, '#sign-in-problem'))!));
  await page.fill('#token', SECRET);
  await page.press('#token', 'Enter');
  await until(async () => (await text(page, '#online')) === '1');
  await page.reload();
  await until(async () => (await text(page, '#online')) === '1');
  t.false(await page.isVisible('#sign-in'));
  const withToken = await openPage(page.context().browser()!);
  await withToken.page.goto(`${url}/?token=${SECRET}`);
  await until(async () => (await text(withToken.page, '#online')) === '1');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing to complain of, ${colorScheme}`, async (t) => {
    const { url } = await startCli(t, FAST);
    const browser = await launchBrowser(t);
    const context = await browser.newContext({ colorScheme, bypassCSP: true });
    const { page } = await openPage(context);
    const complaints = async () => {
      const found = await page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))',
      );
      return found as string[];
    };
    await page.goto(url);
    await page.waitForSelector('#start:not([hidden])');
    await page.evaluate(AXE);
    t.deepEqual(await complaints(), []);
    for (let index = 0; index < 30; index++)
      await hit(url, { uid: `v${index}`, room: 'hall', idle_for: index < 9 ? 400 : 0 });
    await page.waitForSelector('.visitor .idle');
    await delay(2500);
    t.deepEqual(await complaints(), []);
    await page.click('.visitor');
    await page.waitForSelector('#explanation[open]');
    t.deepEqual(await complaints(), []);
  });
}

test('with ten thousand visitors only the rows in view exist', async (t) => {
  const { url } = await startCli(t, FAST);
  for (let from = 0; from < 10_000; from += 200) {
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => hit(url, { uid: `v${String(from + index).padStart(5, '0')}` })),
    );
  }
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await until(async () => (await text(page, '#online'))!.replace(/\D/g, '') === '10000');
  await page.waitForSelector('.visitor');
  t.true((await page.locator('.visitor').count()) < 40);
  await page.evaluate('document.getElementById("scroller").scrollTop = 5000 * 56');
  await until(async () => (await page.locator('.visitor .name').allTextContents()).includes('v05003'));
  t.is(await page.locator('li[aria-posinset="5004"] .name').textContent(), 'v05003');
});
