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
