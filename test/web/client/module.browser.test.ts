import type { ExecutionContext } from 'ava';
import { browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { until } from '../../support/until.js';
import {
  EXPIRING,
  isOnline,
  openSite,
  untilOffline,
  untilOnline,
  untilOtherBeats,
  visitorOf,
} from '../../support/visitor-script.js';

/** Opens a page with a module script that imports `start`. */
async function openWithModule(t: ExecutionContext, script: string) {
  const service = await startCli(t, EXPIRING);
  const html = `<script type="module">import { start } from '${service.url}/client.mjs'; ${script}</script>`;
  return { service, ...(await openSite(t, html)) };
}

test('the module starts, updates and stops heartbeats', async (t) => {
  const { service, page, messages } = await openWithModule(
    t,
    `window.handle = start({ uid: 'ada', intervalSeconds: 0.5 });`,
  );
  await untilOnline(service, 'ada');
  await page.evaluate('handle.update({ room: "hall" })');
  await until(async () => (await visitorOf(service, 'ada')).rooms.join() === 'hall');
  await page.evaluate('handle.stop()');
  await untilOffline(service, 'ada');
  await untilOtherBeats(page, service);
  t.false(await isOnline(service, 'ada'));
  t.deepEqual(messages, []);
});

test('wrong calls of the module give warnings in the console, and no uncaught errors', async (t) => {
  const { service, page, messages } = await openWithModule(
    t,
    `
    const circle = {};
    circle.circle = circle;
    start({ uid: 'eve', info: circle }).stop();
    start().stop();
    start({ uid: 'eve', service: 'no address' }).stop();
    navigator.sendBeacon = () => { throw new TypeError('forbidden'); };
    const handle = start({ uid: 'ada', intervalSeconds: 0.5 });
    handle.update({ info: circle });
    handle.update();
    window.handle = handle;
  `,
  );
  await untilOnline(service, 'ada');
  await page.evaluate('handle.stop()');
  await untilOffline(service, 'ada');
  t.deepEqual(
    messages.map((line) => line.slice(0, 40)).filter((line) => !line.startsWith('warning: Presence could not do that')),
    [],
  );
  t.is(messages.length, 4);
  t.false(await isOnline(service, 'eve'));
});
