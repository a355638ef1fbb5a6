import { openContext, openPageIn, servePages, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit, send } from '../../support/client.js';
import { elementsTag, recordRequests, untilMembers, untilShown } from '../../support/elements.js';
import { SECRET, sign } from '../../support/tokens.js';
import { until } from '../../support/until.js';
import { LASTING, tagOf, untilSeenFor, visitorOf } from '../../support/visitor-script.js';

const TABS = 8;
const ELEMENTS = `<presence-count live></presence-count><presence-list live max="3"></presence-list>
  <presence-status uid="bob" live></presence-status>`;

const setHidden = (isHidden: boolean) =>
  `Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} });
   document.dispatchEvent(new Event('visibilitychange'));`;

test('eight tabs with live elements over HTTP/1.1 share one stream, and all of them keep beating and updating', async (t) => {
  t.timeout(240_000);
  const service = await startCli(t, { ...LASTING, HEARTBEAT_SECONDS: '3' });
  const site = await servePages(t, {
    '/': `<!doctype html><title>A site</title>${tagOf(service, 'data-uid="ada"')}${elementsTag(service)}${ELEMENTS}`,
  });
  const openStreams = async () =>
    Number(/^presence_streams\{kind="changes"\} (\d+)$/m.exec((await send(`${service.url}/metrics`)).text)?.[1]);
  const context = await openContext(t);
  const pages = [];
  for (let index = 0; index < TABS; index++) {
    const { page } = await openPageIn(context);
    const requests = recordRequests(page, service);
    await page.goto(site);
    await untilShown(page, 'presence-count', '1');
    pages.push({ page, requests });
  }
  t.is(await openStreams(), 1);
  t.is(pages.flatMap(({ requests }) => requests).filter(({ path }) => path === 'GET /sse/changes').length, 1);
  await hit(service.url, { uid: 'bob', info: { name: 'Bob' } });
  for (const { page } of pages) {
    await untilMembers(page, 'presence-list', 'ada', 'Bob');
    await untilShown(page, 'presence-status', 'active');
  }
  t.is((await visitorOf(service, 'ada')).sessions, TABS);
  await untilSeenFor(service, 'ada', 4);

  // The tab with the stream goes, and another one takes it over.
  const leader = pages.find(({ requests }) => requests.some(({ path }) => path === 'GET /sse/changes'))!;
  await leader.page.close();
  const rest = pages.filter((each) => each !== leader);
  await send(`${service.url}/v1/leave`, { body: '{"uid":"bob"}' });
  for (const { page } of rest) await untilShown(page, 'presence-status', 'offline');
  t.is(await openStreams(), 1);

  // Hidden tabs have no stream.
  for (const { page } of rest) await page.evaluate(setHidden(true));
  await until(async () => (await openStreams()) === 0, 'no stream');
  await rest[0]!.page.evaluate(setHidden(false));
  await hit(service.url, { uid: 'bob' });
  await untilShown(rest[0]!.page, 'presence-status', 'active');
  t.is(await openStreams(), 1);
  await rest[0]!.page.evaluate("document.body.innerHTML = ''");
  await until(async () => (await openStreams()) === 0, 'no stream without a live element');
});

test('where the service refuses the stream, live elements refresh like others, and a watch token opens it', async (t) => {
  const secrets = { WATCH_SECRET: SECRET, PUBLIC_VIEW: 'status' };
  const service = await startCli(t, { ...LASTING, HEARTBEAT_SECONDS: '1', ...secrets });
  await hit(service.url, { uid: 'bob' });
  const site = await servePages(t, {
    '/': `<!doctype html><title>A site</title>${tagOf(service, 'data-uid="ada"')}${elementsTag(service, 'data-interval="2"')}${ELEMENTS}`,
  });
  const { page, messages } = await openPageIn(await openContext(t));
  const requests = recordRequests(page, service);
  await page.goto(site);
  await untilShown(page, 'presence-count', '2');
  await untilShown(page, 'presence-status', 'active');
  await send(`${service.url}/v1/leave`, { body: '{"uid":"bob"}' });
  await untilShown(page, 'presence-status', 'offline');
  const streams = () => requests.filter(({ path }) => path.endsWith(' /sse/changes')).map(({ path }) => path);
  t.deepEqual(streams(), ['GET /sse/changes', 'HEAD /sse/changes']);
  await untilMembers(page, 'presence-list');
  t.is(messages.filter((line) => line.startsWith('warning: Presence elements show no members')).length, 1);

  const token = await sign({ exp: Math.floor(Date.now() / 1000) + 600 });
  await page.evaluate(`document.querySelector('script[src*=elements]').dataset.token = ${JSON.stringify(token)}`);
  await untilMembers(page, 'presence-list', 'ada');
  await until(() => streams().length === 3, 'the stream');
  t.true(requests.some(({ path }) => path === 'GET /v1/view'));
});
