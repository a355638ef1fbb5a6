import { servePages, browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { openStream, send } from '../../support/client.js';
import { openHiddenTabs } from '../../support/hidden-tabs.js';
import { until } from '../../support/until.js';

/** Browsers run throttled timers once a minute, and each of these absences takes about one. CI takes longer to be sure. */
const ABSENCES = process.env.CI ? 3 : 2;

test('in a hidden tab with throttled timers the script keeps its visitor online, where a plain timer does not', async (t) => {
  t.timeout(ABSENCES * 120_000 + 60_000);
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
  const left = () => changes.events.flatMap(({ data }) => (JSON.parse(data).left ?? []) as string[]);
  const joined = () =>
    changes.events.flatMap(({ data }) => ((JSON.parse(data).joined ?? []) as { uid: string }[]).map(({ uid }) => uid));
  const countOf = (uids: string[], uid: string) => uids.filter((each) => each === uid).length;
  for (let absence = 1; absence <= ABSENCES; absence++) {
    await until(() => countOf(left(), 'plain') >= absence, `absence ${absence} of the plain timer's visitor`, 3);
    if (absence === ABSENCES) break;
    await until(() => countOf(joined(), 'plain') >= absence, `return ${absence} of the plain timer's visitor`, 3);
  }
  for (const tab of tabs) t.is(await tab.evaluate('document.visibilityState'), 'hidden');
  t.true(left().includes('plain'), 'the plain timer was throttled');
  t.false(left().includes('script'), "the script's was not");
});
