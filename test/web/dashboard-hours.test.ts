import { launchBrowser, openPage, browserTest as test } from '../support/browser.js';
import { startCli } from '../support/cli.js';
import { hit } from '../support/client.js';
import { FAST, text } from '../support/dashboard.js';
import { SECRET, sign } from '../support/tokens.js';
import { until } from '../support/until.js';

const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

test('changes that were missed and come late bring the list up to date, and not the counts back to what they were', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page } = await openPage(await launchBrowser(t));
  const ts = Math.floor(Date.now() / 1000) + 5;
  const snapshot = {
    ts,
    online_total: 2,
    active_total: 2,
    idle_total: 0,
    visitors: [{ uid: 'ada', status: 'active' }],
  };
  const missed = {
    ts: ts - 300,
    online_total: 9,
    active_total: 9,
    idle_total: 0,
    joined: [{ uid: 'bob', status: 'active' }],
  };
  await page.route(/\/sse\/changes/, (route) =>
    route.fulfill({ contentType: 'text/event-stream', body: event('snapshot', snapshot) + event('change', missed) }),
  );
  await page.route(/\/sse\/totals/, (route) => route.abort());
  await page.goto(url);
  await until(async () => (await page.locator('.visitor').count()) === 2);
  t.is(await text(page, '#online'), '2');
  t.regex((await page.getAttribute('#chart', 'aria-label'))!, /now 2 online/);
});

test('after a loss the chart shows what happened meanwhile, also when the changes are resumed', async (t) => {
  const { url } = await startCli(t, { ...FAST, STREAM_MAX_AGE_SECONDS: '3' });
  const { page } = await openPage(await launchBrowser(t));
  let asked = 0;
  page.on('request', (request) => {
    if (/\/v1\/history/.test(request.url())) asked++;
  });
  await page.goto(url);
  await until(async () => (await text(page, '#connection')) === 'Live');
  await until(async () => /^Reconnecting/.test((await text(page, '#connection'))!));
  await until(async () => (await text(page, '#connection')) === 'Live');
  await until(() => asked >= 2, 'the history of the time without news');
  t.pass();
});

test('the history of a room that is no longer chosen does not show, however late it comes', async (t) => {
  const { url } = await startCli(t, FAST);
  for (const room of ['attic', 'hall']) await hit(url, { uid: room, session: 'a', room });
  const { page } = await openPage(await launchBrowser(t));
  let answerAttic = () => {};
  await page.route(/\/v1\/history\?room=attic/, async (route) => {
    await new Promise<void>((resolve) => {
      answerAttic = resolve;
    });
    const times = { interval: 10, since: 0, complete_from: Date.now() / 1000 + 36_000, ts: [] };
    await route.fulfill({ json: { ...times, online_total: [], active_total: [], idle_total: [] } });
  });
  await page.goto(url);
  await until(async () => (await page.locator('#room option').count()) === 3);
  const asked = page.waitForRequest(/\/v1\/history\?room=attic/);
  await page.selectOption('#room', 'attic');
  await asked;
  const askedHall = page.waitForResponse(/\/v1\/history\?room=hall/);
  await page.selectOption('#room', 'hall');
  await askedHall;
  await until(async () => (await page.locator('.visitor .name').allTextContents()).join() === 'hall');
  const isAnswered = page.waitForResponse(/\/v1\/history\?room=attic/);
  answerAttic();
  await isAnswered;
  const collecting = await text(page, '#collecting');
  // The next counts show it.
  await hit(url, { uid: 'bob', room: 'hall' });
  await until(async () => (await text(page, '#online')) === '2');
  t.is(await text(page, '#collecting'), collecting);
});

test('visitors with the longest of names are looked up too', async (t) => {
  const { url } = await startCli(t, FAST);
  for (let index = 0; index < 15; index++)
    await hit(url, { uid: `${String(index).padStart(2, '0')}${'я'.repeat(254)}` });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await until(
    async () => (await page.isVisible('.visitor')) && (await page.locator('.visitor .ago:empty').count()) === 0,
  );
  t.pass();
});

test('two quick clicks make one visitor of the browser, which can be stopped', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page } = await openPage(await launchBrowser(t));
  await page.route(/client\.mjs/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await route.continue();
  });
  await page.goto(url);
  await page.dblclick('#be-visitor');
  await until(
    async () => (await text(page, '#online')) !== '0' && (await text(page, '#be-visitor')) === 'Stop being a visitor',
  );
  t.is(await text(page, '#online'), '1');
  await page.click('#be-visitor');
  await until(async () => (await text(page, '#online')) === '0');
});

test('a sign-in helps where the token in the address has run out', async (t) => {
  const { url } = await startCli(t, { ...FAST, WATCH_SECRET: SECRET });
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(`${url}/?token=${await sign({ exp: 1000 })}`);
  await page.waitForSelector('#sign-in:not([hidden])');
  await page.fill('#token', SECRET);
  await page.press('#token', 'Enter');
  await until(async () => (await text(page, '#online')) === '1');
  t.is(page.url(), `${url}/`);
});

test('a sign-in that does not open the page says why', async (t) => {
  const { url } = await startCli(t, { ...FAST, WATCH_SECRET: SECRET });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await page.waitForSelector('#sign-in:not([hidden])');
  await page.fill('#token', await sign({ room: 'hall' }));
  await page.press('#token', 'Enter');
  await until(async () => /some rooms only/.test((await text(page, '#sign-in-problem'))!));
  t.true(await page.isVisible('#sign-in'));
});

test('a token for a room opens the dashboard at this room', async (t) => {
  const { url } = await startCli(t, { ...FAST, WATCH_SECRET: SECRET });
  for (const room of ['hall', 'attic']) await hit(url, { uid: `in-${room}`, session: 'a', room });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(`${url}/?room=hall&token=${await sign({ room: 'hall' })}`);
  await until(async () => (await page.locator('.visitor .name').allTextContents()).join() === 'in-hall');
  await until(async () => (await text(page, '#connection')) === 'Live');
  t.is(await page.inputValue('#room'), 'hall');
  t.false(await page.isVisible('#sign-in'));
});

test('where visitors need a token, the button that makes one says so', async (t) => {
  const { url } = await startCli(t, { ...FAST, HIT_SECRET: SECRET });
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(url);
  await page.click('#be-visitor');
  await until(async () => (await text(page, '#be-visitor')) === 'Visitors need a token');
  t.is(await text(page, '#online'), '0');
});
