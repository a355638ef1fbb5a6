import test from 'ava';
import { openStream, send } from '../support/client.js';
import { startService } from '../support/service.js';
import { until } from '../support/until.js';

test('an address may open a limited number of streams, and a closed stream frees its place', async (t) => {
  const { url } = await startService(t, { STREAMS_PER_ADDRESS: '2' });
  const headers = { 'x-forwarded-for': '203.0.113.7' };
  const first = await openStream(t, `${url}/sse/online`, headers);
  await openStream(t, `${url}/sse/changes`, headers);
  const refused = await send(`${url}/sse/online`, { headers });
  t.is(refused.status, 429);
  t.is(refused.json().error, 'too_many_streams_here');
  await openStream(t, `${url}/sse/online`, { 'x-forwarded-for': '203.0.113.8' });
  first.close();
  await until(async () => (await openStream(t, `${url}/sse/online`, headers)).response.statusCode === 200);
  t.pass();
});
