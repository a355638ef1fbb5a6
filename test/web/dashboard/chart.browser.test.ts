import { openPage, browserTest as test, untilDrawn } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit } from '../../support/client.js';
import { chooseRoom, FAST, text, untilRows, untilText } from '../../support/dashboard.js';
import { until } from '../../support/until.js';

const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

test('missed changes that arrive late update the list, and leave the newer counts and chart as they are', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page } = await openPage(t);
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
  await page.route(/\/v1\/totals/, (route) => route.abort());
  await page.goto(url);
  await until(async () => (await page.locator('.visitor').count()) === 2);
  t.is(await text(page, '#online'), '2');
  t.regex((await page.getAttribute('#chart', 'aria-valuetext'))!, /: 2 online, 2 active, 0 idle$/);
});

test('after an outage the page loads the history again, even when the stream of changes is resumed', async (t) => {
  const { url } = await startCli(t, { ...FAST, STREAM_MAX_AGE_SECONDS: '3' });
  const { page } = await openPage(t);
  let histories = 0;
  page.on('request', (request) => {
    if (/\/v1\/history/.test(request.url())) histories++;
  });
  await page.goto(url);
  await untilText(page, '#connection', 'Live');
  await untilText(page, '#connection', /^Reconnecting/);
  await untilText(page, '#connection', 'Live');
  await until(() => histories >= 2, 'the second history');
  t.pass();
});

test('the history of a room that is no longer selected is ignored, however late it arrives', async (t) => {
  const { url } = await startCli(t, FAST);
  for (const room of ['attic', 'hall']) await hit(url, { uid: room, session: 'a', room });
  const { page } = await openPage(t);
  let answerAttic = () => {};
  await page.route(/\/v1\/history\?room=attic/, async (route) => {
    await new Promise<void>((resolve) => {
      answerAttic = resolve;
    });
    const times = { interval: 10, since: 0, complete_from: Date.now() / 1000 + 36_000, ts: [] };
    await route.fulfill({ json: { ...times, online_total: [], active_total: [], idle_total: [] } });
  });
  await page.goto(url);
  await until(async () => (await page.locator('#rooms option').count()) === 2);
  const atticRequest = page.waitForRequest(/\/v1\/history\?room=attic/);
  await chooseRoom(page, 'attic');
  await atticRequest;
  const hallAnswer = page.waitForResponse(/\/v1\/history\?room=hall/);
  await chooseRoom(page, 'hall');
  await hallAnswer;
  await untilRows(page, 'hall');
  const atticAnswer = page.waitForResponse(/\/v1\/history\?room=attic/);
  answerAttic();
  await atticAnswer;
  const collecting = await text(page, '#collecting');
  // The next counts would show the time of the wrong history.
  await hit(url, { uid: 'bob', room: 'hall' });
  await untilText(page, '#online', '2');
  t.is(await text(page, '#collecting'), collecting);
});

test('the pointer and the arrow keys read out a point, and dragging selects nothing', async (t) => {
  const { url } = await startCli(t, FAST);
  for (const uid of ['ada', 'bob']) await hit(url, { uid, idle_for: uid === 'bob' ? 400 : 0 });
  const { page } = await openPage(t);
  const now = Math.floor(Date.now() / 1000);
  const ts = Array.from({ length: 180 }, (_, index) => now - 1800 + index * 10);
  const history = {
    interval: 10,
    since: 0,
    complete_from: 0,
    ts,
    online_total: ts.map(() => 1234),
    active_total: ts.map(() => 7),
  };
  await page.route(/\/v1\/history/, (route) => route.fulfill({ json: history }));
  await page.goto(url);
  await untilText(page, '#online', '2');
  // When the history arrives the plot is created again, and has no box for a moment.
  const { x, y, width } = await until(async () => (await page.locator('#chart .u-over').boundingBox()) ?? false);
  let step = 0;
  const readingAt = async (share: number) => {
    // A new plot does not know the position of a pointer that stands still.
    await page.mouse.move(x + width * share, y + 50 + (step++ % 2));
    await untilDrawn(page);
    return (await page.isVisible('#reading')) ? (await text(page, '#reading')).replace(/\s+/g, ' ').trim() : '';
  };
  await until(async () => /^\d\d:\d\d:\d\d.* 1,234 online7 active1,227 idle$/.test(await readingAt(0.5)));
  const edges = `(() => {
    const [reading, chart] = ["#reading", "#chart"].map((each) => document.querySelector(each).getBoundingClientRect());
    return reading.left >= chart.left && reading.right <= chart.right;
  })()`;
  for (const share of [0.05, 0.95]) {
    await readingAt(share);
    t.true(await page.evaluate(edges), `within the chart at ${share}`);
  }
  await page.mouse.move(x + width * 0.6, y + 50);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.7, y + 50, { steps: 5 });
  await untilDrawn(page);
  t.is(await page.evaluate('document.querySelector("#chart .u-select").clientWidth'), 0);
  await page.mouse.up();
  await page.mouse.move(0, 0);
  const value = () => page.getAttribute('#chart', 'aria-valuetext');
  t.regex((await value())!, /: 2 online, 1 active, 1 idle$/);
  await page.focus('#chart');
  await page.keyboard.press('Home');
  const first = (await value())!;
  t.regex(first, /: 1,234 online, 7 active, 1,227 idle$/);
  t.regex(await text(page, '#reading'), /1,227 idle/);
  await page.keyboard.press('ArrowRight');
  t.not(await value(), first);
  await page.keyboard.press('PageDown');
  t.is(await value(), first);
  await page.keyboard.press('Escape');
  await until(async () => !(await page.isVisible('#reading')));
  t.regex((await value())!, /: 2 online, 1 active, 1 idle$/);
});

test('without any data the time axis of the chart is the last five minutes, and names the time zone', async (t) => {
  const { url } = await startCli(t, FAST);
  const { page } = await openPage(t, undefined, { timezoneId: 'Asia/Kolkata' });
  await page.addInitScript(`
    window.labels = [];
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      labels.push(text);
      return fillText.call(this, text, ...rest);
    };
    window.minutes = Array.from({ length: 9 }, (_, index) =>
      new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }).format(Date.now() + 120_000 - index * 60_000));`);
  const history = { interval: 10, complete_from: 0, ts: [], online_total: [], active_total: [], idle_total: [] };
  await page.route(/\/v1\/history/, (route) => route.fulfill({ json: history }));
  await page.route(/\/sse\/changes/, (route) => route.fulfill({ status: 502, body: '' }));
  await page.route(/\/v1\/totals/, (route) => route.abort());
  await page.goto(url);
  const times = () => page.evaluate<string[]>('labels.filter((label) => label.includes(":"))');
  await until(async () => (await times()).length >= 3, 'the labels of the axis');
  t.deepEqual(await page.evaluate('labels.filter((label) => label.includes(":") && !minutes.includes(label))'), []);
  t.is(await text(page, '#chart-title'), 'The last 5 minutes');
  t.is(await text(page, '#chart-zone'), 'Times in GMT+5:30 (Asia/Calcutta)');
});
