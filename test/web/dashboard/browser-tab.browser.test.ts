import { openPage, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit } from '../../support/client.js';
import { FAST, problemsIn, text, untilText } from '../../support/dashboard.js';
import { until } from '../../support/until.js';

test('the title and the icon of the tab show the number online and the name of the site, and no number in an outage', async (t) => {
  const name = '<i>Books</i> & "Tea"';
  const service = await startCli(t, { ...FAST, SITE_NAME: name });
  const { page, messages } = await openPage(t, service.url);
  await untilText(page, '#connection', 'Live');
  t.is(await text(page, 'h1'), name);
  await until(async () => (await page.title()) === `0 online · ${name}`, 'the title without visitors');
  const icon = async () => decodeURIComponent((await page.getAttribute('link[rel=icon]', 'href'))!);
  const empty = await icon();
  t.regex(empty, /^data:image\/svg\+xml,.*<circle/);
  for (const uid of ['ada', 'bob', 'carol']) await hit(service.url, { uid });
  await until(async () => (await page.title()) === `3 online · ${name}`, 'the title with visitors');
  t.regex(await icon(), />3<\/text>/);
  t.deepEqual(problemsIn(messages), []);
  service.process.kill('SIGKILL');
  await until(async () => (await page.title()) === name, 'the title without the service');
  t.is(await icon(), empty);
});

test('a hidden tab has no stream, and asks once a minute for the number in its title', async (t) => {
  const { url } = await startCli(t, FAST);
  await hit(url, { uid: 'ada' });
  const { page } = await openPage(t);
  await page.clock.install();
  await page.goto(url);
  await until(async () => (await page.title()) === '1 online · Presence', 'the title');
  await page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: true });
    document.dispatchEvent(new Event('visibilitychange'));`);
  await untilText(page, '#connection', 'Paused');
  await hit(url, { uid: 'bob' });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.clock.fastForward(61_000);
  await until(async () => (await page.title()) === '2 online · Presence', 'the newer title');
  t.deepEqual(asked, ['/v1/totals']);
});
