import { setTimeout as delay } from 'node:timers/promises';
import { servePages, browserTest as test } from '../support/browser.js';
import { startCli } from '../support/cli.js';
import { openStream, send } from '../support/client.js';
import { openHiddenTabs } from '../support/hidden-tabs.js';
import { until } from '../support/until.js';

/** Throttled timers run once a minute, so it takes more than one to see them miss. The full length is for CI. */
const WATCHED_MS = process.env.CI ? 180_000 : 80_000;

test('in a hidden tab with throttled timers the script keeps its visitor online, where a plain timer does not', async (t) => {
  t.timeout(WATCHED_MS + 120_000);
  const service = await startCli(t, {
    CORS_ALLOW_ORIGIN: '*',
    HEARTBEAT_SECONDS: '5',
    ONLINE_WINDOW_SECONDS: '15',
    TICK_INTERVAL_SECONDS: '0.5',
  });
  const plain = `
    const beat = () => fetch('${service.url}/v1/hit', { method: 'POST', body: '{"uid":"plain"}' });
    beat();
    setInterval(beat, 5000);
  `;
  const site = await servePages(t, {
    '/script': `<!doctype html><script async src="${service.url}/client.js" data-uid="script" data-interval="5"></script>`,
    '/plain': `<!doctype html><script>${plain}</script>`,
  });
  const tabs = await openHiddenTabs(t, [`${site}/script`, `${site}/plain`]);
  await until(async () => (await send(`${service.url}/v1/totals`)).json().online_total === 2, 'both visitors');
  const changes = await openStream(t, `${service.url}/sse/changes`);
  await delay(WATCHED_MS);
  for (const tab of tabs) t.is(await tab.evaluate('document.visibilityState'), 'hidden');
  const left = changes.events.flatMap(({ data }) => (JSON.parse(data).left ?? []) as string[]);
  t.log(`in ${WATCHED_MS / 1000} s the plain timer's visitor went offline ${left.length} times`);
  t.true(left.includes('plain'), 'the plain timer was throttled');
  t.false(left.includes('script'), "the script's was not");
});
