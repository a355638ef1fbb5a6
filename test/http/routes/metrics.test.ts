import test from 'ava';
import { hit, openStream, send, sendRaw } from '../../support/client.js';
import { startService } from '../../support/service.js';
import { SECRET } from '../../support/tokens.js';

test('metrics are off by default', async (t) => {
  const { url } = await startService(t);
  t.is((await send(`${url}/metrics`)).status, 404);
});

test('metrics count visitors, streams, heartbeats, refusals, bytes and ticks', async (t) => {
  const { url, time } = await startService(t, { METRICS: 'open' });
  await hit(url, { uid: 'ada', room: 'hall' });
  await hit(url, { uid: 'bob', idle_for: 400 });
  await hit(url, { uid: '' });
  await send(`${url}/v1/leave`, { body: '{"uid":"nobody"}' });
  const stream = await openStream(t, `${url}/sse/online`);
  await stream.next();
  time.pass(2000);
  const answer = await send(`${url}/metrics`);
  t.is(answer.status, 200);
  t.regex(answer.headers['content-type']!, /^text\/plain; version=0\.0\.4/);
  const value = (series: string) =>
    Number(new RegExp(`^${series.replace(/[{}]/g, '\\$&')} (.*)$`, 'm').exec(answer.text)?.[1]);
  t.is(value('presence_visitors{status="active"}'), 1);
  t.is(value('presence_visitors{status="idle"}'), 1);
  t.is(value('presence_rooms'), 1);
  t.is(value('presence_streams{kind="online"}'), 1);
  t.is(value('presence_streams{kind="changes"}'), 0);
  t.is(value('presence_heartbeats_total'), 2);
  t.is(value('presence_leaves_total'), 1);
  t.is(value('presence_rejections_total{code="uid_empty"}'), 1);
  t.true(value('presence_stream_bytes_total') > 100);
  t.is(value('presence_skipped_frames_total'), 0);
  t.is(value('presence_tick_duration_seconds_count'), 1);
  t.is(value('presence_tick_delay_seconds_count'), 1);
  t.regex(answer.text, /^presence_build_info\{version="0\.0\.0",node="\d+\.\d+\.\d+"\} 1$/m);
  t.regex(answer.text, /^nodejs_eventloop_lag_p99_seconds /m);
  const again = await send(`${url}/metrics`);
  t.regex(again.text, /^presence_heartbeats_total 2$/m);
});

test('refusals of unreadable requests are counted too', async (t) => {
  const { url, port } = await startService(t, { METRICS: 'open' });
  t.regex(await sendRaw(port, 'nonsense\r\n\r\n'), /^HTTP\/1\.1 400 /);
  t.regex(await sendRaw(port, `GET /${'x'.repeat(70_000)} HTTP/1.1\r\n`), /^HTTP\/1\.1 431 /);
  const { text } = await send(`${url}/metrics`);
  t.regex(text, /^presence_rejections_total\{code="bad_request"\} 1$/m);
  t.regex(text, /^presence_rejections_total\{code="header_too_large"\} 1$/m);
});

test('metrics may require a token of their own', async (t) => {
  const { url } = await startService(t, { METRICS: 'token', METRICS_TOKEN: SECRET });
  t.is((await send(`${url}/metrics`)).json().error, 'token_missing');
  t.is((await send(`${url}/metrics`, { headers: { authorization: 'Bearer wrong' } })).json().error, 'token_invalid');
  t.is((await send(`${url}/metrics`, { headers: { authorization: `Bearer ${SECRET}` } })).status, 200);
});
