import { browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { send } from '../../support/client.js';
import { until } from '../../support/until.js';
import {
  insertTag,
  isOnline,
  LASTING,
  openSite,
  openWithTag,
  tagOf,
  untilOffline,
  untilOnline,
  untilOtherBeats,
  visitorOf,
} from '../../support/visitor-script.js';

test('uid and room attributes that are set or changed later take effect', async (t) => {
  const { service, page } = await openWithTag(t, '');
  const set = (name: string, value: string) =>
    page.evaluate(`document.querySelector('script').setAttribute(${JSON.stringify(name)}, ${JSON.stringify(value)})`);
  await set('data-uid', 'ada');
  await untilOnline(service, 'ada');
  await set('data-room', 'hall');
  await until(async () => (await visitorOf(service, 'ada')).rooms.join() === 'hall');
  await set('data-room', 'attic');
  await until(async () => (await visitorOf(service, 'ada')).rooms.join() === 'attic');
  await set('data-uid', 'bob');
  await untilOnline(service, 'bob');
  await untilOffline(service, 'ada');
  await set('data-uid', '');
  await untilOffline(service, 'bob');
  t.pass();
});

test('a tag that a script inserts, as tag managers do, works like a pasted one', async (t) => {
  const service = await startCli(t, LASTING);
  const { page, messages } = await openSite(t, '');
  await insertTag(page, service, { 'data-uid': 'ada' });
  await untilOnline(service, 'ada');
  t.deepEqual(messages, []);
});

test('a script that runs from a tag without attributes, as with jQuery, finds the pasted tag', async (t) => {
  const service = await startCli(t, LASTING);
  const { page, messages } = await openSite(t, tagOf(service, 'data-uid="ada" type="text/plain"'));
  await insertTag(page, service, {});
  await untilOnline(service, 'ada');
  t.deepEqual(messages, []);
});

test('a tag with type="module" works', async (t) => {
  const service = await startCli(t, LASTING);
  const { messages } = await openSite(t, tagOf(service, 'type="module" data-uid="ada"'));
  await untilOnline(service, 'ada');
  t.deepEqual(messages, []);
});

test('a line that is pasted twice makes one session', async (t) => {
  const service = await startCli(t, LASTING);
  const { page, messages } = await openSite(t, tagOf(service, 'data-uid="ada"').repeat(2));
  await untilOnline(service, 'ada');
  await untilOtherBeats(page, service);
  t.is((await visitorOf(service, 'ada')).sessions, 1);
  t.deepEqual(messages, []);
});

test('of tags that replace each other, as with Turbo, the latest counts', async (t) => {
  const service = await startCli(t, LASTING);
  const { page } = await openSite(t, tagOf(service, 'data-uid="ada"'));
  await untilOnline(service, 'ada');
  await page.evaluate('window.old = document.querySelector("script"); old.remove()');
  await insertTag(page, service, { 'data-uid': 'bob' });
  await untilOnline(service, 'bob');
  await untilOffline(service, 'ada');
  await page.evaluate('old.dataset.uid = "eve"');
  await insertTag(page, service, { 'data-uid': '' });
  await untilOffline(service, 'bob');
  t.false(await isOnline(service, 'eve'));
});

test('a page can send different visitors to two services', async (t) => {
  const [one, other] = [await startCli(t, LASTING), await startCli(t, LASTING)];
  await openSite(t, tagOf(one, 'data-uid="ada"') + tagOf(other, 'data-uid="bob"'));
  await untilOnline(one, 'ada');
  await untilOnline(other, 'bob');
  t.false(await isOnline(one, 'bob'));
  t.false(await isOnline(other, 'ada'));
});

test('a uid may contain any printable characters', async (t) => {
  const service = await startCli(t, LASTING);
  const { page } = await openSite(t, '');
  const uid = `a,b/c?d#e&f%2C "q" <i> שלום 👩‍💻`;
  await insertTag(page, service, { 'data-uid': uid });
  await untilOnline(service, uid);
  t.pass();
});

for (const interval of ['-5', '0', 'soon', '1e-9x']) {
  test(`with an interval of ${interval} the script does not send heartbeats without a pause`, async (t) => {
    const [service, other] = [await startCli(t, LASTING), await startCli(t, LASTING)];
    const { page } = await openSite(t, tagOf(service, `data-uid="ada" data-interval="${interval}"`));
    await untilOnline(service, 'ada');
    await untilOtherBeats(page, other);
    const { text } = await send(`${service.url}/metrics`);
    t.true(
      Number(/^presence_heartbeats_total\S* (\d+)$/m.exec(text)?.[1]) <= 2,
      text.match(/^presence_heartbeats.*$/m)?.[0],
    );
  });
}
