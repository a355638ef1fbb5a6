import test from 'ava';
import { hit, openStream } from '../support/client.js';
import { MemoryLog } from '../support/memory-log.js';
import { startService } from '../support/service.js';
import { until } from '../support/until.js';

test('the first watcher of a new instance sees the visitors of the others before the first tick', async (t) => {
  const log = new MemoryLog(() => 5_000_000);
  const [one, two] = [await startService(t, {}, undefined, log.open), await startService(t, {}, undefined, log.open)];
  for (const { service } of [one, two]) t.teardown(() => service.stop());
  await one.service.start();
  await hit(one.url, { uid: 'ada' });
  const before = log.entries.length;
  await until(() => {
    one.time.pass(100);
    return log.entries.length > before;
  });
  await two.service.start();
  for (const kind of ['changes', 'online', 'totals']) {
    t.is((await (await openStream(t, `${two.url}/sse/${kind}`)).next()).online_total, 1, kind);
  }
});
