import { openPage, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit } from '../../support/client.js';
import { FAST, untilRows, untilText } from '../../support/dashboard.js';
import { SECRET, sign } from '../../support/tokens.js';

test('with WATCH_SECRET the page asks for the secret, and opens with it', async (t) => {
  const { url } = await startCli(t, { ...FAST, WATCH_SECRET: SECRET });
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(t, url);
  await page.waitForSelector('#sign-in:not([hidden])');
  await page.fill('#token', 'wrong');
  await page.press('#token', 'Enter');
  await untilText(page, '#sign-in-problem', /^That is not right\. Type the WATCH_SECRET of this service/);
  await page.fill('#token', SECRET);
  await page.press('#token', 'Enter');
  await untilText(page, '#online', '1');
  await page.reload();
  await untilText(page, '#online', '1');
  t.false(await page.isVisible('#sign-in'));
  const withToken = await openPage(t, `${url}/?token=${await sign({})}`);
  await untilText(withToken.page, '#online', '1');
});

test('a sign-in replaces an expired token in the address', async (t) => {
  const { url } = await startCli(t, { ...FAST, WATCH_SECRET: SECRET });
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(t, `${url}/?token=${await sign({ exp: 1000 })}`);
  await page.waitForSelector('#sign-in:not([hidden])');
  await page.fill('#token', SECRET);
  await page.press('#token', 'Enter');
  await untilText(page, '#online', '1');
  t.is(page.url(), `${url}/`);
});

test('a sign-in with a token for one room says why the page does not open', async (t) => {
  const { url } = await startCli(t, { ...FAST, WATCH_SECRET: SECRET });
  const { page } = await openPage(t, url);
  await page.waitForSelector('#sign-in:not([hidden])');
  await page.fill('#token', await sign({ room: 'hall' }));
  await page.press('#token', 'Enter');
  await untilText(page, '#sign-in-problem', /some rooms only/);
  t.true(await page.isVisible('#sign-in'));
});

test('a token for one room opens the page with this room selected', async (t) => {
  const { url } = await startCli(t, { ...FAST, WATCH_SECRET: SECRET });
  for (const room of ['hall', 'attic']) await hit(url, { uid: `in-${room}`, session: 'a', room });
  const { page } = await openPage(t, `${url}/?room=hall&token=${await sign({ room: 'hall' })}`);
  await untilRows(page, 'in-hall');
  await untilText(page, '#connection', 'Live');
  t.is(await page.inputValue('#room'), 'hall');
  t.false(await page.isVisible('#sign-in'));
});
