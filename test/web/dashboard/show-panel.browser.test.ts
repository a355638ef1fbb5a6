import { openPage, servePages, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit } from '../../support/client.js';
import { chooseRoom, FAST, problemsIn, text, untilText } from '../../support/dashboard.js';
import { untilShown } from '../../support/elements.js';
import { SECRET, sign } from '../../support/tokens.js';
import { until } from '../../support/until.js';

test('the panel has lines that work as they are pasted into a page of another origin', async (t) => {
  const { url } = await startCli(t, { ...FAST, CORS_ALLOW_ORIGIN: '*' });
  await hit(url, { uid: 'ada', room: 'hall' });
  await hit(url, { uid: 'bob' });
  const { page, messages } = await openPage(t, url);
  await page.click('#show summary');
  await untilText(page, '#show-snippet', /<presence-count one=/);
  await chooseRoom(page, 'hall');
  await untilText(page, '#show-snippet', /<presence-count room="hall" /);
  const lines = [await text(page, '#show-snippet')];
  await page.selectOption('#show-what', 'badge');
  lines.push(await text(page, '#show-snippet'));
  t.deepEqual(problemsIn(messages), []);

  const site = await servePages(t, { '/': `<!doctype html><html lang="en"><title>A site</title>${lines.join('\n')}` });
  const { page: sitePage } = await openPage(t, site);
  await untilShown(sitePage, 'presence-count', '1 person here');
  await until(() => sitePage.evaluate("document.querySelector('img').naturalWidth > 0"));
});

test('where clients without a token see nothing, the lines have a place for one, and a note says so', async (t) => {
  const { url } = await startCli(t, { ...FAST, WATCH_SECRET: SECRET, PUBLIC_VIEW: 'totals' });
  const { page } = await openPage(t, `${url}/?token=${await sign({})}`);
  await page.click('#show summary');
  await page.selectOption('#show-what', 'status');
  await untilText(page, '#show-snippet', /data-token="A-WATCH-TOKEN"/);
  t.regex(await text(page, '#show-note'), /PUBLIC_VIEW/);
  await page.selectOption('#show-what', 'count');
  t.notRegex(await text(page, '#show-snippet'), /token/);
});
