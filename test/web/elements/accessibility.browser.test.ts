import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { openPage, servePages, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit, send } from '../../support/client.js';
import { elementsTag, untilMembers, untilShown } from '../../support/elements.js';
import { until } from '../../support/until.js';
import { LASTING } from '../../support/visitor-script.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ELEMENTS = `<main><h1>Here</h1>
  <presence-count one="{n} person here" other="{n} people here" announce></presence-count>
  <ul><li><presence-status uid="ada"></presence-status> Ada</li>
  <li>Bob: <presence-status uid="bob" text announce="Bob"></presence-status></li>
  <li><presence-status uid="eve"></presence-status> Eve</li></ul>
  <presence-avatars max="2"></presence-avatars><presence-list></presence-list>
  <presence-list room="empty"></presence-list><presence-status></presence-status></main>`;

/** The contrast of two colours, as WCAG 2 defines it. */
const CONTRAST = `(a, b) => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}`;

for (const colorScheme of ['light', 'dark'] as const) {
  test(`elements have roles and names, contrast holds, and axe finds no violations in ${colorScheme} colours`, async (t) => {
    const service = await startCli(t, LASTING);
    await hit(service.url, { uid: 'ada', info: { name: 'Ada Lovelace' } });
    await hit(service.url, { uid: 'bob', idle_for: 400 });
    await hit(service.url, { uid: 'carol' });
    const site = await servePages(t, {
      '/': `<!doctype html><html lang="en"><title>A site</title><style>:root { color-scheme: light dark }</style>
        ${elementsTag(service, 'data-interval="1"')}${ELEMENTS}`,
    });
    const { page } = await openPage(t, site, { colorScheme, reducedMotion: 'reduce' });
    await untilShown(page, 'presence-count', '3 people here');
    await untilMembers(page, 'presence-list', 'Ada Lovelace', 'carol', 'bob');
    await page.evaluate(AXE);
    const violations = await page.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))',
    );
    t.deepEqual(violations, []);
    t.is(await page.getByRole('img', { name: 'active', exact: true }).count(), 3);
    t.is(await page.getByRole('img', { name: 'Ada Lovelace' }).count(), 1);
    t.is((await page.getByText('idle', { exact: true }).count()) > 0, true);
    const contrasts = (await page.evaluate(`(() => {
      const contrast = ${CONTRAST};
      const canvas = document.body.appendChild(document.createElement('div'));
      canvas.style.backgroundColor = 'Canvas';
      const background = getComputedStyle(canvas).backgroundColor;
      return ['ada', 'bob', 'eve'].map((uid) => {
        const dot = document.querySelector('[uid=' + uid + ']').shadowRoot.querySelector('.dot');
        return contrast(getComputedStyle(dot).borderTopColor, background);
      });
    })()`)) as number[];
    t.true(
      contrasts.every((each) => each >= 3),
      String(contrasts),
    );
    const duration =
      "getComputedStyle(document.querySelector('[uid=ada]').shadowRoot.querySelector('.dot')).transitionDuration";
    t.is(await page.evaluate(duration), '0s');
  });
}

test('changes are announced only where the page asks for it, and not the first answer', async (t) => {
  const service = await startCli(t, LASTING);
  await hit(service.url, { uid: 'bob' });
  const site = await servePages(t, {
    '/': `<!doctype html><html lang="en"><title>A site</title>${elementsTag(service, 'data-interval="1"')}${ELEMENTS}`,
  });
  const { page } = await openPage(t);
  await page.goto(site);
  await untilShown(page, 'presence-count', '1 person here');
  await page.evaluate(`{
    window.announced = [];
    for (const { shadowRoot } of document.querySelectorAll('main *')) {
      const region = shadowRoot?.querySelector('[aria-live=polite]');
      if (region) new MutationObserver(() => announced.push(region.textContent)).observe(region, { childList: true });
    }
    window.regions = [...document.querySelectorAll('main *')].filter(({ shadowRoot }) => shadowRoot?.querySelector('[aria-live]')).length;
  }`);
  t.is(await page.evaluate('regions'), 2);
  await hit(service.url, { uid: 'ada' });
  await hit(service.url, { uid: 'carol' });
  await send(`${service.url}/v1/leave`, { body: '{"uid":"bob"}' });
  const announced = async () => ((await page.evaluate('announced')) as string[]).filter(Boolean).toSorted();
  await until(async () => (await announced()).includes('Bob: offline'), 'an announcement');
  await until(async () => (await announced()).includes('2 people here'), 'the other announcement');
});
