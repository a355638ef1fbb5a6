import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { chromium, type Page } from 'playwright-core';
import { chromiumPath, openPage, servePages, browserTest as test } from '../support/browser.js';
import { type CliService, startCli } from '../support/cli.js';
import { hit, send } from '../support/client.js';
import { type Block, documents, fileNameOf, placeOf } from '../support/documents.js';
import { membersOf, shownBy } from '../support/elements.js';
import { firefoxTest, openFirefox } from '../support/firefox.js';
import { until } from '../support/until.js';

interface Visit {
  readonly service: CliService;
  readonly page: Page;
  /** What the page's console has said. */
  readonly said: readonly string[];
  /** Bodies that the page has sent, each with its path. */
  readonly sent: readonly string[];
}

/** What each example is to bring about, by what it contains. */
const EFFECTS: readonly { readonly of: RegExp; readonly isSeen: (visit: Visit) => Promise<boolean> }[] = [
  {
    of: /EventSource\('.*\/sse\/online'\)/,
    isSeen: async ({ said }) => said.includes('log: 1 online; active: ada; idle: '),
  },
  {
    of: /EventSource\('.*\/sse\/changes'\)/,
    isSeen: async ({ service: { url }, page }) => {
      await hit(url, { uid: 'bob' });
      await hit(url, { uid: 'carol', idle_for: 400 });
      await until(async () => (await visitorsOn(page)).includes('carol'), 'the page to know all visitors');
      await hit(url, { uid: 'bob', info: { name: 'Bob' } });
      await hit(url, { uid: 'carol' });
      await send(`${url}/v1/leave`, { body: '{"uid":"ada"}' });
      const wanted = '[["bob",{"status":"active","info":{"name":"Bob"}}],["carol",{"status":"active"}]]';
      return until(async () => (await visitorsOn(page)) === wanted);
    },
  },
  {
    of: /client\.mjs/,
    isSeen: async ({ sent }) =>
      sent.some((each) => /^\/v1\/hit .*"uid":"42","room":"page-7","info":\{"name":"Ada"\}/.test(each)) &&
      sent.some((each) => /^\/v1\/leave .*"uid":"42"/.test(each)),
  },
  { of: /fetch\('.*\/v1\/hit'/, isSeen: ({ service }) => isOnline(service, '42') },
  {
    of: /elements\.js"><\/script>\n+<presence-count/,
    isSeen: async ({ page }) => (await shownBy(page, 'presence-count')) === '1 person here',
  },
  {
    of: /elements\.js"><\/script>\n+<presence-status/,
    isSeen: async ({ page }) => (await shownBy(page, 'presence-status')) === 'offline',
  },
  {
    of: /elements\.js"><\/script>\n+<presence-avatars/,
    isSeen: async ({ service, page }) => {
      await hit(service.url, { uid: 'ada', room: 'page-7', info: { name: 'Ada' } });
      await page.reload();
      return until(async () => (await membersOf(page, 'presence-avatars')).join() === 'Ada');
    },
  },
  { of: /client\.js"/, isSeen: ({ service }) => isOnline(service, 'ID-OF-WHO-IS-LOGGED-IN') },
  { of: /watch\('.*\/sse\/online'/, isSeen: async ({ said }) => said.includes('log: 1') },
  {
    of: /\/v1\/badge\//,
    isSeen: ({ page }) => page.evaluate('[...document.images].every(({ naturalWidth }) => naturalWidth > 0)'),
  },
];

const examples = documents
  .flatMap(({ blocks }) => blocks)
  .filter((block) => (block.language === 'js' && fileNameOf(block) === undefined) || block.language === 'html');

test('every example for pages works in a browser as it is written', async (t) => {
  t.timeout(300_000);
  t.true(examples.length >= 8);
  const browser = await chromium.launch({
    executablePath: chromiumPath!,
    args: ['--no-sandbox'],
    handleSIGTERM: false,
  });
  t.teardown(() => browser.close());
  for (const example of examples) {
    const effects = EFFECTS.filter(({ of }) => of.test(example.text));
    t.is(effects.length, 1, `${placeOf(example)} needs one effect that shows whether it works`);
    const service = await startService(t);
    const site = await servePages(t, { '/': pageWith(example, service) });
    const page = await browser.newPage();
    page.setDefaultTimeout(90_000);
    const said: string[] = [];
    const sent: string[] = [];
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => said.push(`error: ${error.message}`));
    page.on('request', (request) => sent.push(`${new URL(request.url()).pathname} ${request.postData()}`));
    await page.goto(site);
    await until(() => effects[0]!.isSeen({ service, page, said, sent }), `what ${placeOf(example)} is to do`);
    t.deepEqual(
      said.filter((each) => !each.startsWith('log: ')),
      [],
      placeOf(example),
    );
    await page.close();
  }
});

const watcher = examples.find(({ text }) => text.includes('EventSource.CLOSED'))!;

test('the watcher of the documents survives an error that ends an EventSource for good', async (t) => {
  const service = await startService(t);
  const front = await startFront(t, service);
  front.failures = 1;
  const { page, messages } = await openPage(t);
  await page.goto(await servePages(t, { '/': pageWith(watcher, front) }));
  await until(() => messages.includes('log: 1'), 'an event after the error');
  t.is(front.failures, 0);
});

firefoxTest('in Firefox, the watcher of the documents survives an error and refused connections', async (t) => {
  const service = await startService(t);
  const front = await startFront(t, service);
  front.failures = 1;
  const { page, messages } = await openFirefox(t);
  const logOpenings = `<script>
    EventSource = class extends EventSource {
      constructor(url) { super(url); console.log('opened'); }
    };
  </script>`;
  await page.goto(await servePages(t, { '/': logOpenings + pageWith(watcher, front) }));
  await until(() => messages.includes('log: 1'), 'an event after the error');

  front.stop();
  messages.length = 0;
  await until(() => messages.includes('log: opened'), 'Firefox to give up, and the page to open another stream');
  await front.start();
  await until(() => messages.includes('log: 1'), 'an event after the refused connections');
  t.pass();
});

/** A proxy in front of the service, which answers 502 as often as `failures` says, and can be stopped. */
async function startFront(t: ExecutionContext, service: CliService) {
  const server = createServer((incoming, outgoing) => {
    outgoing.setHeader('Access-Control-Allow-Origin', '*');
    if (front.failures > 0) {
      front.failures--;
      outgoing.writeHead(502).end();
    } else {
      const onward = request(service.url + incoming.url, (answer) =>
        answer.pipe(outgoing.writeHead(200, answer.headers)),
      );
      onward.on('error', () => outgoing.destroy());
      outgoing.on('close', () => onward.destroy());
      onward.end();
    }
  });
  let port = 0;
  const front = {
    url: '',
    failures: 0,
    start: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      ({ port } = server.address() as AddressInfo);
      front.url = `http://127.0.0.1:${port}`;
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  await front.start();
  t.teardown(front.stop);
  return front;
}

/** A service that pages may call, with one visitor. */
async function startService(t: ExecutionContext): Promise<CliService> {
  const service = await startCli(t, {
    CORS_ALLOW_ORIGIN: '*',
    TICK_INTERVAL_SECONDS: '0.1',
    LEAVE_SETTLE_SECONDS: '0',
  });
  await hit(service.url, { uid: 'ada' });
  return service;
}

function pageWith({ language, text }: Block, { url }: Pick<CliService, 'url'>): string {
  const example = text.replaceAll(/https:\/\/SERVICE-ADDRESS|http:\/\/localhost:8080/g, url);
  // A classic script where it can be one, so that the test can look at its variables.
  const type = example.startsWith('import ') ? ' type="module"' : '';
  const body = language === 'html' ? example : `<script${type}>${example}</script>`;
  return `<!doctype html><title>A site</title><body>${body}</body>`;
}

const visitorsOn = (page: Page) => page.evaluate<string>('JSON.stringify([...visitors])');

async function isOnline({ url }: CliService, uid: string): Promise<boolean> {
  return (await send(`${url}/v1/visitors/${uid}`)).json().status !== 'offline';
}
