import { openPage, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit, openStream, send } from '../../support/client.js';
import {
  chooseRoom,
  FAST,
  openExplanation,
  problemsIn,
  rowNames,
  text,
  untilRows,
  untilText,
} from '../../support/dashboard.js';
import { until } from '../../support/until.js';

test('the counts and the list are those of /v1/online and follow it, and the filters narrow the list', async (t) => {
  const { url } = await startCli(t, FAST);
  for (let index = 0; index < 25; index++) {
    await hit(url, { uid: `v${index}`, room: 'hall', info: { name: `Name ${index}` }, idle_for: index < 5 ? 400 : 0 });
  }
  const { page, messages } = await openPage(t, url);
  await untilText(page, '#online', '25');
  t.is(await text(page, '#active'), '20');
  t.is(await text(page, '#idle'), '5');
  t.is(await text(page, '#connection'), 'Live');
  await page.waitForSelector('.visitor');
  await send(`${url}/v1/leave`, { body: '{"uid":"v7"}' });
  await hit(url, { uid: 'zoe' });
  await hit(url, { uid: 'v1', idle_for: 0 });
  await untilText(page, '#active', '21');
  const { online_total } = (await send(`${url}/v1/online`)).json();
  t.is(await text(page, '#online'), String(online_total));
  await page.fill('#find', 'name 7');
  await until(async () => (await page.isVisible('#none')) && !(await page.isVisible('.visitor')));
  await page.fill('#find', 'NAME 1');
  await until(async () => (await page.locator('.visitor').count()) === 11);
  await page.selectOption('#status', 'idle');
  await until(async () => (await page.locator('.visitor').count()) === 0);
  t.deepEqual(problemsIn(messages), []);
});

test('a visitor who comes or leaves is in the list and in the counts without waiting for the tick', async (t) => {
  const { url } = await startCli(t, { ...FAST, TICK_INTERVAL_SECONDS: '10' });
  const ticks = await openStream(t, `${url}/sse/online`);
  const { page } = await openPage(t, url);
  await untilText(page, '#connection', 'Live');
  const names: string[] = [];
  const tookMs: number[] = [];
  for (let index = 0; index < 8; index++) {
    names.push(`v${index}`);
    const beganMs = performance.now();
    await hit(url, { uid: `v${index}` });
    await untilRows(page, ...names);
    tookMs.push(Math.round(performance.now() - beganMs));
  }
  t.is(await text(page, '#online'), '8');
  await send(`${url}/v1/leave`, { body: '{"uid":"v7"}' });
  await untilRows(page, ...names.slice(0, -1));
  // The first event is that of the start. Without a flush in between, each visitor waits for another tick.
  t.true(ticks.events.length <= 6, `${ticks.events.length} events`);
  t.log(`the visitors appeared after ${tookMs.join(', ')} ms`);
});

test('after scrolling, Find shows its results from the first one, with their details and their number', async (t) => {
  const { url } = await startCli(t, FAST);
  for (let index = 0; index < 120; index++) {
    const info = { name: `Name ${String(index).padStart(3, '0')}`, team: index % 2 ? 'red' : 'blue' };
    await hit(url, { uid: `v${index}`, room: 'hall', info });
  }
  const { page } = await openPage(t, url);
  await page.waitForSelector('.visitor');
  await page.evaluate('document.getElementById("scroller").scrollTop = 90 * 48');
  await until(async () => (await rowNames(page)).includes('Name 095'));
  await page.fill('#find', 'red');
  await until(async () => (await rowNames(page))[0] === 'Name 001');
  t.is(await text(page, '#found'), '60 of 120 visitors');
  await until(async () => (await page.locator('tr[aria-rowindex="2"] .rooms').textContent()) === 'hall');
  await page.fill('#find', '');
  await untilText(page, '#found', '');
});

test('a visitor who has gone can be found: the dashboard says when they were last seen', async (t) => {
  const { url } = await startCli(t, { ...FAST, LEAVE_SETTLE_SECONDS: '0' });
  await hit(url, { uid: 'ada' });
  await hit(url, { uid: 'bob' });
  await send(`${url}/v1/leave`, { body: '{"uid":"ada"}' });
  const { page, messages } = await openPage(t, url);
  await page.waitForSelector('.visitor');
  await page.fill('#find', 'ada');
  await until(async () => /^\u2068ada\u2069 was last seen (just now|\d+ s ago)\.$/.test(await text(page, '#gone')));
  await page.fill('#find', 'bob');
  await until(async () => (await text(page, '#gone')) === '' && (await page.isVisible('.visitor')));
  await page.fill('#find', 'nobody we know');
  await until(() => page.isVisible('#none'));
  t.is(await text(page, '#gone'), '');
  t.deepEqual(problemsIn(messages), []);
});

test('with ten thousand visitors only the rows in view are in the document', async (t) => {
  const { url } = await startCli(t, FAST);
  for (let from = 0; from < 10_000; from += 200) {
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => hit(url, { uid: `v${String(from + index).padStart(5, '0')}` })),
    );
  }
  const { page } = await openPage(t, url);
  await until(async () => (await text(page, '#online')).replace(/\D/g, '') === '10000');
  await page.waitForSelector('.visitor');
  t.true((await page.locator('.visitor').count()) < 40);
  await page.evaluate('document.getElementById("scroller").scrollTop = 5000 * 48');
  await until(async () => (await rowNames(page)).includes('v05003'));
  t.is(await page.locator('tr[aria-rowindex="5005"] .name').textContent(), 'v05003');
});

test('a selected room shows only its visitors', async (t) => {
  const { url } = await startCli(t, FAST);
  await hit(url, { uid: 'ada', room: 'hall' });
  await hit(url, { uid: 'bob', room: 'attic' });
  const { page } = await openPage(t, url);
  await chooseRoom(page, 'attic');
  await untilText(page, '#online', '1');
  await untilRows(page, 'bob');
  t.pass();
});

test('the options of the room filter stay as they are while it has the focus', async (t) => {
  const { url } = await startCli(t, FAST);
  await hit(url, { uid: 'ada', room: 'hall' });
  const { page } = await openPage(t);
  await page.clock.install();
  await page.goto(url);
  const passSecond = async () => {
    await page.clock.runFor(1000);
    await untilText(page, '#connection', 'Live');
  };
  await until(async () => (await page.locator('#rooms option').count()) === 1);
  await page.focus('#room');
  await page.evaluate('window.options = [...document.querySelectorAll("#rooms option")]');
  await hit(url, { uid: 'bob', room: 'attic' });
  // The options are refreshed every ten seconds.
  for (let seconds = 0; seconds < 11; seconds++) await passSecond();
  t.true(await page.evaluate('window.options.every(({ isConnected }) => isConnected)'));
  await page.focus('#find');
  for (let seconds = 0; seconds < 11; seconds++) await passSecond();
  await until(async () => (await page.locator('#rooms option').count()) === 2);
});

test('visitors with the longest possible uids get their details too', async (t) => {
  const { url } = await startCli(t, FAST);
  for (let index = 0; index < 15; index++)
    await hit(url, { uid: `${String(index).padStart(2, '0')}${'я'.repeat(254)}` });
  const { page } = await openPage(t, url);
  await until(
    async () => (await page.isVisible('.visitor')) && (await page.locator('.visitor .ago:empty').count()) === 0,
  );
  t.pass();
});

test("times are right although the viewer's clock is wrong", async (t) => {
  const { url } = await startCli(t, FAST);
  // In minutes, so that a slow machine makes no difference.
  await hit(url, { uid: 'ada', idle_for: 3000 });
  const { page } = await openPage(t);
  await page.addInitScript('const now = Date.now; Date.now = () => now() - 3_600_000;');
  await page.goto(url);
  await until(async () => (await text(page, '.visitor .ago')) !== '');
  t.regex(await text(page, '.visitor .ago'), /^5[01] min ago$/);
});

test("direction controls in a visitor's or a room's name do not turn the words around it", async (t) => {
  const { url } = await startCli(t, FAST);
  await hit(url, { uid: 'ada', room: '\u202elive' });
  const { page } = await openPage(t, url);
  await page.waitForSelector('.visitor');
  await hit(url, { uid: 'eve', room: 'hall', info: { name: '\u202elive\u2069\u202e' } });
  await untilText(page, '#latest', /came$/);
  await openExplanation(page);
  await untilText(page, '#explanation-sentences', /live/);
  /** The horizontal positions of the characters of a text within an element. */
  const positions = (selector: string, part: string) =>
    page.evaluate(`(() => {
      const walker = document.createTreeWalker(document.querySelector(${JSON.stringify(selector)}), NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode;
        const start = node.data.indexOf(${JSON.stringify(part)});
        if (start < 0) continue;
        return [...${JSON.stringify(part)}].map((_, index) => {
          const range = document.createRange();
          range.setStart(node, start + index);
          range.setEnd(node, start + index + 1);
          return range.getBoundingClientRect().left;
        });
      }
    })()`) as Promise<number[]>;
  const isLeftToRight = (lefts: number[]) => lefts.every((left, index) => index === 0 || left > lefts[index - 1]!);
  const came = await positions('#latest', 'came');
  const name = await positions('#latest', 'live');
  t.true(isLeftToRight(came), 'the words of the page');
  t.true(isLeftToRight([...name].reverse()), 'the name as it was sent');
  t.true(Math.max(...name) < came[0]!);
  const room = await positions('#explanation-sentences li:last-child', 'live');
  const dot = await positions('#explanation-sentences li:last-child', '.');
  t.true(Math.max(...room) < dot[0]!);
});

test('a right-to-left name is cut off at its end, and an avatar without a picture shows initials that are visible', async (t) => {
  const { url } = await startCli(t, FAST);
  const names = { hebrew: 'שלום '.repeat(60), flag: '🇫🇷 Zoé', marked: '\u200f\u202eada' };
  for (const [uid, name] of Object.entries(names)) await hit(url, { uid, info: { name } });
  const { page } = await openPage(t, url);
  await until(async () => (await page.locator('.visitor').count()) === 3);
  const isFirstLetterInView = await page.evaluate(`(() => {
    const name = [...document.querySelectorAll('.name')].find(({ textContent }) => textContent.startsWith('ש'));
    const range = document.createRange();
    range.setStart(name.firstChild, 0);
    range.setEnd(name.firstChild, 1);
    const [letter, box] = [range, name].map((each) => each.getBoundingClientRect());
    return letter.left >= box.left && letter.right <= box.right + 1;
  })()`);
  t.true(isFirstLetterInView);
  const letters = await page.locator('.avatar').allTextContents();
  t.deepEqual([...letters].sort(), ['A', 'שש', '🇫🇷Z'].sort());
});
