import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { launchBrowser, openPage, browserTest as test } from '../support/browser.js';
import { startCli } from '../support/cli.js';
import { hit } from '../support/client.js';
import { FAST, text } from '../support/dashboard.js';
import { until } from '../support/until.js';

/**
 * A way to the service whose open connections can fall silent without closing, as when a laptop sleeps or a phone changes
 * networks. Closed after the test.
 */
async function startSilencer(t: ExecutionContext, port: number) {
  const open = new Set<{ near: Socket; far: Socket; asked: string }>();
  let isFrozen = false;
  const server = createServer((near) => {
    if (isFrozen) return void near.on('error', () => {}).resume();
    const far = connect(port, '127.0.0.1');
    const pair = { near, far, asked: '' };
    open.add(pair);
    near.on('data', (bytes) => {
      pair.asked = /^GET (\S+)/.exec(bytes.toString('latin1'))?.[1] ?? pair.asked;
    });
    near.pipe(far);
    far.pipe(near);
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      socket.on('close', () => open.delete(pair));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const { near, far } of open) for (const socket of [near, far]) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Lets the connections that asked for a path say nothing more; those that come later do. */
    silence: (path: RegExp) => {
      for (const { near, far, asked } of open) if (path.test(asked)) far.unpipe(near).resume();
    },
    /** Lets no connection say anything more, nor those that come while it lasts. */
    freeze: async (forMs: number) => {
      isFrozen = true;
      for (const { near, far } of open) far.unpipe(near).resume();
      await delay(forMs);
      isFrozen = false;
    },
  };
}

test('it does not say Live while the list is refused, and tries again', async (t) => {
  const { url } = await startCli(t, FAST);
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(await launchBrowser(t));
  let refused = 0;
  const isChanges = /\/sse\/changes/;
  await page.route(isChanges, (route) => {
    refused++;
    return route.fulfill({ status: 429, body: '{}' });
  });
  await page.addInitScript(`window.states = new Set();
    addEventListener('DOMContentLoaded', () => {
      const element = document.getElementById('connection');
      new MutationObserver(() => states.add(element.textContent)).observe(element, { childList: true });
    });`);
  await page.goto(url);
  await until(() => refused >= 2);
  t.false(await page.evaluate('states.has("Live")'));
  t.regex((await text(page, '#connection'))!, /^Reconnecting/);
  await page.unroute(isChanges);
  await until(async () => (await text(page, '#connection')) === 'Live');
  await page.waitForSelector('.visitor');
});

test('silence is told, and ended by connecting anew', async (t) => {
  const { port } = await startCli(t, FAST);
  const { url, silence } = await startSilencer(t, port);
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await until(async () => (await text(page, '#connection')) === 'Live');
  silence(/^\/sse\//);
  await until(async () => /^No news since/.test((await text(page, '#connection'))!));
  await hit(url, { uid: 'bob' });
  await until(async () => (await text(page, '#connection')) === 'Live' && (await text(page, '#online')) === '2');
  await until(async () => (await page.locator('.visitor').count()) === 2);
  t.pass();
});

test('connections that are dead for long do not keep it from coming back, even while it explains somebody', async (t) => {
  const { port } = await startCli(t, FAST);
  const { url, freeze } = await startSilencer(t, port);
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await page.click('.visitor');
  await page.waitForSelector('#explanation[open]');
  await freeze(30_000);
  await until(async () => (await text(page, '#connection')) === 'Live');
  t.pass();
});

test('a list that fell silent while the counts go on is fetched anew', async (t) => {
  const { port } = await startCli(t, FAST);
  const { url, silence } = await startSilencer(t, port);
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await page.waitForSelector('.visitor');
  silence(/^\/sse\/changes/);
  await hit(url, { uid: 'bob' });
  await until(async () => (await text(page, '#online')) === '2');
  await until(async () => (await page.locator('.visitor').count()) === 2);
  t.pass();
});

test('an explanation that cannot be had does not show that of somebody else', async (t) => {
  const { url } = await startCli(t, FAST);
  for (const uid of ['ada', 'bob']) await hit(url, { uid, session: 'a', info: { pet: `the cat of ${uid}` } });
  const { page } = await openPage(await launchBrowser(t));
  await page.route(/\/v1\/visitors\/bob/, (route) => route.abort());
  await page.goto(url);
  await page.click('.visitor:has-text("ada")');
  await until(async () => /cat of ada/.test((await text(page, '#explanation-info'))!));
  await page.keyboard.press('Escape');
  await page.click('.visitor:has-text("bob")');
  await page.waitForSelector('#explanation[open]');
  t.is(await text(page, '#explanation-title'), 'bob');
  t.is(await text(page, '#explanation-info'), '');
  await until(async () => /cannot be asked/.test((await text(page, '#explanation-sentences'))!));
});

test("a viewer's wrong clock does not make times wrong", async (t) => {
  const { url } = await startCli(t, FAST);
  await hit(url, { uid: 'ada', idle_for: 40 });
  const { page } = await openPage(await launchBrowser(t));
  await page.addInitScript('const now = Date.now; Date.now = () => now() - 3_600_000;');
  await page.goto(url);
  await until(async () => (await text(page, '.visitor .ago')) !== '');
  t.regex((await text(page, '.visitor .ago'))!, /^4\d s ago$/);
});

test('where a page may not write to the clipboard, the line is selected for copying by hand', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page, said } = await openPage(await launchBrowser(t));
  // As on a plain http address that is not localhost.
  await page.addInitScript('Object.defineProperty(navigator, "clipboard", { value: undefined });');
  await page.goto(url);
  await page.click('#copy');
  await until(async () => /Ctrl/.test((await text(page, '#copy'))!));
  t.is(await page.evaluate('String(getSelection())'), await text(page, '#snippet'));
  t.deepEqual(
    said.filter((line) => line.startsWith('fault')),
    [],
  );
});
