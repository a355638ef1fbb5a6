import { openPage, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit } from '../../support/client.js';
import { FAST, openExplanation, text, untilText } from '../../support/dashboard.js';
import { startStallableProxy } from '../../support/stallable-proxy.js';
import { until } from '../../support/until.js';

test('during a restart of the service the page says so, and afterwards it shows the counts again', async (t) => {
  const environment = { ...FAST, ONLINE_WINDOW_SECONDS: '60' };
  const service = await startCli(t, environment);
  await hit(service.url, { uid: 'ada' });
  const { page } = await openPage(t, service.url);
  await untilText(page, '#online', '1');
  service.process.kill('SIGKILL');
  await service.exited;
  await untilText(page, '#connection', /^Reconnecting, last news at/);
  const next = await startCli(t, { ...environment, PORT: String(service.port) });
  await hit(next.url, { uid: 'ada' });
  await hit(next.url, { uid: 'bob' });
  await until(async () => (await text(page, '#online')) === '2' && (await text(page, '#connection')) === 'Live');
  t.regex(await text(page, '#collecting'), /^Collecting until .*, as the service has just started$/);
  t.true(await page.isVisible('#collecting'));
});

test('a working site that restarts is not taken for an empty one', async (t) => {
  const service = await startCli(t, FAST);
  await hit(service.url, { uid: 'ada' });
  const { page } = await openPage(t, service.url);
  await untilText(page, '#online', '1');
  service.process.kill('SIGKILL');
  await service.exited;
  await startCli(t, { ...FAST, PORT: String(service.port) });
  await untilText(page, '#online', '0');
  t.false(await page.isVisible('#set-up'));
  await page.reload();
  await untilText(page, '#online', '0');
  t.false(await page.isVisible('#set-up'));
});

test('in an outage the ages in the rows go on, and a visitor is explained by name', async (t) => {
  const service = await startCli(t, FAST);
  await hit(service.url, { uid: 'v-1', info: { name: 'Ada' } });
  const { page } = await openPage(t, service.url);
  await untilText(page, '.visitor .ago', /ago$|^just now$/);
  service.process.kill('SIGKILL');
  await untilText(page, '#connection', /^Reconnecting, last news at/);
  await untilText(page, '.visitor .ago', /^([5-9]|\d\d) s ago$/);
  await openExplanation(page);
  t.is(await text(page, '#explanation-title'), 'Ada');
  t.is(await text(page, '#explanation-sentences'), 'The service cannot be asked now.');
});

test('counts and status fade while the service is unreachable', async (t) => {
  const service = await startCli(t, FAST);
  await hit(service.url, { uid: 'ada' });
  const { page } = await openPage(t, service.url);
  await page.waitForSelector('.visitor .pill');
  const colors = () =>
    page.evaluate(
      `['#active', '.pill', '.headline .label'].map((selector) => getComputedStyle(document.querySelector(selector)).color)`,
    ) as Promise<string[]>;
  const [number, pill, muted] = await colors();
  t.true(number !== muted && pill !== muted);
  service.process.kill('SIGKILL');
  await until(async () => (await colors()).every((color) => color === muted));
  t.regex(await text(page, '#connection'), /^Reconnecting/);
});

const refusals = {
  'answered with an error': { status: 502, body: 'Bad Gateway' },
  'ended at once, as it cannot be served now': { contentType: 'text/event-stream', body: 'retry: 100\n\n' },
};
for (const [what, answer] of Object.entries(refusals))
  test(`the page does not say Live while the stream is ${what}, and retries`, async (t) => {
    const { url } = await startCli(t, FAST);
    await hit(url, { uid: 'ada' });
    const { page } = await openPage(t);
    let refused = 0;
    const changes = /\/sse\/changes/;
    await page.route(changes, (route) => {
      refused++;
      return route.fulfill(answer);
    });
    await page.addInitScript(`window.states = new Set();
    addEventListener('DOMContentLoaded', () => {
      const element = document.getElementById('connection');
      new MutationObserver(() => states.add(element.textContent)).observe(element, { childList: true });
    });`);
    await page.goto(url);
    await until(() => refused >= 2, 'a retry');
    t.false(await page.evaluate('states.has("Live")'));
    t.regex(await text(page, '#connection'), /^Reconnecting/);
    await page.unroute(changes);
    await untilText(page, '#connection', 'Live');
    await page.waitForSelector('.visitor');
  });

test('when the service goes silent the page says so, and reconnects', async (t) => {
  const { port, url: directUrl } = await startCli(t, FAST);
  const { url, freeze, thaw } = await startStallableProxy(t, port);
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(t, url);
  await untilText(page, '#connection', 'Live');
  freeze();
  await untilText(page, '#connection', /^No news since/);
  await hit(directUrl, { uid: 'bob' });
  thaw();
  await until(async () => (await text(page, '#connection')) === 'Live' && (await text(page, '#online')) === '2');
  await until(async () => (await page.locator('.visitor').count()) === 2);
  t.pass();
});

test('when only the stream goes silent the page reloads the list', async (t) => {
  const { port } = await startCli(t, FAST);
  const { url, stall } = await startStallableProxy(t, port);
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(t, url);
  await page.waitForSelector('.visitor');
  stall(/^\/sse\/changes/);
  await hit(url, { uid: 'bob' });
  await untilText(page, '#online', '2');
  await until(async () => (await page.locator('.visitor').count()) === 2);
  t.pass();
});

test('requests of an open explanation on dead connections do not keep the page from reconnecting', async (t) => {
  const { port } = await startCli(t, FAST);
  const { url, freeze, thaw } = await startStallableProxy(t, port);
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(t, url);
  await openExplanation(page);
  let streams = 0;
  page.on('request', (request) => {
    if (/\/sse\//.test(request.url())) streams++;
  });
  freeze();
  // Meanwhile the explanation has sent more requests than the six connections that a browser opens to one server.
  await until(() => streams >= 2, 'two attempts to reconnect');
  thaw();
  await untilText(page, '#connection', 'Live');
  t.pass();
});
