import { servePages } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit, send } from '../../support/client.js';
import { elementsTag } from '../../support/elements.js';
import { openFirefox, firefoxTest as test } from '../../support/firefox.js';
import { until } from '../../support/until.js';
import { LASTING, tagOf } from '../../support/visitor-script.js';

test('in Firefox, elements ride on heartbeats and follow a stream', async (t) => {
  const service = await startCli(t, LASTING);
  await hit(service.url, { uid: 'bob', info: { name: 'Bob' } });
  const site = await servePages(t, {
    '/': `<!doctype html><html lang="en"><title>A site</title>${elementsTag(service)}${tagOf(service, 'data-uid="ada"')}
      <presence-count other="{n} people here"></presence-count><presence-status uid="bob" text live></presence-status>
      <presence-list></presence-list>`,
  });
  const { page, messages } = await openFirefox(t);
  await page.goto(site);
  const shown = () =>
    page.evaluate(`[...document.querySelectorAll('body *')]
      .flatMap(({ shadowRoot }) => [...(shadowRoot?.querySelectorAll('[part=text], [part=name]') ?? [])])
      .map((each) => each.textContent).join()`);
  await until(async () => (await shown()) === '2 people here,active now,ada,Bob', 'the answer');
  await send(`${service.url}/v1/leave`, { body: '{"uid":"bob"}' });
  await until(async () => (await shown()) === '1 people here,last seen 1 min. ago,ada', 'the change');
  t.deepEqual(messages, []);
});
