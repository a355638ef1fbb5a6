import { browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit } from '../../support/client.js';
import { problemsIn } from '../../support/dashboard.js';
import { elementsTag, membersOf, shownBy, untilMembers, untilShown } from '../../support/elements.js';
import { SECRET, sign } from '../../support/tokens.js';
import { until } from '../../support/until.js';
import { LASTING, openSite, tagOf } from '../../support/visitor-script.js';

const FAST = 'data-interval="1"';

test('elements follow their attributes, and may be moved, copied, removed and added by the hundred', async (t) => {
  const service = await startCli(t, LASTING);
  await hit(service.url, { uid: 'ada', room: 'hall', idle_for: 400 });
  await hit(service.url, { uid: 'bob' });
  const { page, messages } = await openSite(
    t,
    `${elementsTag(service, FAST)}<main><presence-count></presence-count><presence-status uid="bob"></presence-status></main>`,
  );
  await untilShown(page, 'presence-count', '2');
  await untilShown(page, 'presence-status', 'active');
  await page.evaluate(`{
    const count = document.querySelector('presence-count');
    count.setAttribute('room', 'hall');
    count.setAttribute('one', 'One {n}');
    document.querySelector('presence-status').setAttribute('uid', 'ada');
  }`);
  await untilShown(page, 'presence-count', 'One 1');
  await untilShown(page, 'presence-status', 'idle');
  await page.evaluate(`{
    const count = document.querySelector('presence-count');
    count.setAttribute('status', 'active');
    count.setAttribute('zero', 'Nobody');
    document.documentElement.lang = 'no language at all';
    document.querySelector('presence-status').setAttribute('text', '');
    document.querySelector('presence-status').setAttribute('idle-text', 'weg');
  }`);
  await untilShown(page, 'presence-count', 'Nobody');
  await untilShown(page, 'presence-status', 'weg');
  await page.evaluate(`{
    const main = document.querySelector('main');
    const aside = document.body.appendChild(document.createElement('aside'));
    aside.append(document.querySelector('presence-count'), document.querySelector('presence-status').cloneNode(true));
    main.innerHTML = '<presence-avatars></presence-avatars>';
    const made = document.createElement('presence-list');
    made.setAttribute('room', 'hall');
    main.append(made);
  }`);
  await untilShown(page, 'presence-count', 'Nobody');
  await untilShown(page, 'aside presence-status', 'weg');
  await untilMembers(page, 'presence-avatars', 'bob', 'ada');
  await untilMembers(page, 'presence-list', 'ada');
  // A repeating group that filters.
  await page.evaluate(`{
    const main = document.querySelector('main');
    for (let round = 0; round < 20; round++) {
      main.replaceChildren(...Array.from({ length: 300 }, (_, index) => {
        const dot = document.createElement('presence-status');
        dot.setAttribute('uid', index === 299 ? 'bob' : 'v' + round + index);
        return dot;
      }));
    }
    document.querySelector('aside presence-status').removeAttribute('uid');
  }`);
  await untilShown(page, 'main presence-status:last-child', 'active');
  await untilShown(page, 'main presence-status', 'offline');
  t.is(await shownBy(page, 'aside presence-status'), '');
  t.deepEqual(messages, []);
});

test('the script may be inserted late, several times and in any order, as Bubble does', async (t) => {
  const service = await startCli(t, LASTING);
  const { page, messages } = await openSite(t, '<presence-count></presence-count>');
  const insert = (file: string, attributes = '') =>
    page.evaluate(`new Promise((resolve) => {
      const holder = document.body.appendChild(document.createElement('div'));
      holder.innerHTML = ${JSON.stringify(`<script src="${service.url}/${file}" ${attributes}></script>`)};
      const script = document.createElement('script');
      for (const { name, value } of holder.firstChild.attributes) script.setAttribute(name, value);
      script.onload = resolve;
      holder.firstChild.replaceWith(script);
    })`);
  for (const file of ['elements.js', 'elements.js', 'client.js', 'elements.js']) {
    await insert(file, file === 'client.js' ? 'data-uid="ada"' : FAST);
  }
  await untilShown(page, 'presence-count', '1');
  await page.evaluate(`import(${JSON.stringify(`${service.url}/elements.js`)})`);
  t.deepEqual(messages, []);
});

test('names and pictures of visitors are shown as they are, and never become markup', async (t) => {
  const service = await startCli(t, LASTING);
  const names = ['<img src=x onerror=alert(1)>', '\u202Eevil', 'Ada Lovelace'];
  for (const [index, name] of names.entries()) {
    await hit(service.url, {
      uid: `v${index}`,
      info: { name, avatar: ['javascript:alert(1)', 'data:image/png,', '/missing.png'][index]! },
    });
  }
  const { page, messages } = await openSite(
    t,
    `${elementsTag(service)}<presence-avatars></presence-avatars><presence-list></presence-list>`,
  );
  await untilMembers(page, 'presence-list', ...names);
  await untilMembers(page, 'presence-avatars', ...names);
  await until(async () => {
    const texts = await page.evaluate(
      "[...document.querySelector('presence-avatars').shadowRoot.querySelectorAll('li')].map((each) => each.textContent).join()",
    );
    // Initials also where the picture cannot be loaded, and never a character that cannot be seen.
    return texts === '<O,E,AL';
  }, 'initials');
  t.is(await page.evaluate("document.querySelector('presence-list').shadowRoot.querySelectorAll('img').length"), 0);
  t.deepEqual(
    messages.filter((line) => !line.includes('404')),
    [],
  );
});

test('what a page may not see stays empty with one warning for each part, unless the token of its visitor allows it', async (t) => {
  const service = await startCli(t, { ...LASTING, WATCH_SECRET: SECRET, HIT_SECRET: `${SECRET}-of-visitors` });
  const elements = `<presence-count room="hall"></presence-count><presence-count room="hall" status="active"></presence-count>
    <presence-status uid="ada" text></presence-status><presence-list room="hall"></presence-list>`;
  const anonymous = await openSite(t, `${elementsTag(service, FAST)}${elements}`);
  await until(() => anonymous.messages.length >= 3, 'warnings');
  t.deepEqual(anonymous.messages.map((line) => /show no (\w+)/.exec(line)?.[1]).toSorted(), [
    'members',
    'totals',
    'visitors',
  ]);
  const token = await sign(
    { sub: 'ada', view: 'members', exp: Math.floor(Date.now() / 1000) + 600 },
    `${SECRET}-of-visitors`,
  );
  const { page, messages } = await openSite(
    t,
    `${elementsTag(service)}${tagOf(service, `data-uid="ada" data-room="hall" data-token="${token}"`)}${elements}`,
  );
  await untilShown(page, 'presence-count', '1');
  await untilShown(page, 'presence-status', 'active now');
  await untilMembers(page, 'presence-list', 'ada');
  t.deepEqual(problemsIn(messages), []);
  t.is(await shownBy(anonymous.page, 'presence-count'), '');
  t.is(await shownBy(anonymous.page, 'presence-status'), '');
  t.deepEqual(await membersOf(anonymous.page, 'presence-list'), []);
  t.is(anonymous.messages.length, 3);
});
