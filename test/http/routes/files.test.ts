import test from 'ava';
import { send } from '../../support/client.js';
import { startService } from '../../support/service.js';

test('the visitor script is served to pages of any origin, with an ETag and ten minutes of caching', async (t) => {
  const { url } = await startService(t);
  const answer = await send(`${url}/client.js`, { headers: { origin: 'https://elsewhere.example' } });
  t.is(answer.status, 200);
  t.is(answer.headers['content-type'], 'text/javascript; charset=utf-8');
  t.is(answer.headers['x-content-type-options'], 'nosniff');
  t.is(answer.headers['cross-origin-resource-policy'], 'cross-origin');
  t.regex(answer.headers['cache-control']!, /max-age=600/);
  const etag = answer.headers.etag!;
  for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await send(`${url}/client.js`, { headers: { 'if-none-match': header } });
    t.is(again.status, 304, header);
    t.is(again.text, '');
    t.is(again.headers.etag, etag);
  }
  t.is((await send(`${url}/client.js`, { headers: { 'if-none-match': '"other"' } })).status, 200);
});

test('the visitor script takes less than 4.5 KB compressed', async (t) => {
  const { url } = await startService(t);
  for (const path of ['/client.js', '/client.mjs']) {
    const answer = await send(url + path, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
    t.is(answer.headers['content-encoding'], 'gzip');
    t.true(Number(answer.headers['content-length']) < 4500);
  }
});

test('the elements take less than 9 KB compressed', async (t) => {
  const { url } = await startService(t);
  const answer = await send(`${url}/elements.js`, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
  t.true(Number(answer.headers['content-length']) < 9000);
});

test('the dashboard has a Content-Security-Policy that allows only its own scripts, and no foreign frame', async (t) => {
  const { url } = await startService(t);
  const { headers, text } = await send(`${url}/`);
  t.is(headers['content-type'], 'text/html; charset=utf-8');
  const policy = String(headers['content-security-policy']);
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'self'", "base-uri 'none'"]) {
    t.true(policy.split('; ').includes(part), part);
  }
  t.notRegex(policy, /unsafe/);
  t.is(headers['x-content-type-options'], 'nosniff');
  t.is(headers['referrer-policy'], 'no-referrer');
  t.notRegex(text, /<script(?![^>]*\bsrc=)/);
  t.notRegex(text, /\bon\w+=|style=/);
});

test('a Bubble page may frame the dashboard when FRAME_ANCESTORS names it', async (t) => {
  const { url } = await startService(t, { FRAME_ANCESTORS: "'self'  https://my-app.bubbleapps.io" });
  const { headers } = await send(`${url}/`);
  t.regex(String(headers['content-security-policy']), /frame-ancestors 'self' https:\/\/my-app\.bubbleapps\.io$/);
});

test('every file that the dashboard refers to is served', async (t) => {
  const { url } = await startService(t);
  const { text } = await send(`${url}/`);
  const paths = [...text.matchAll(/(?:src|href)="?(\/[\w./-]+)/g)].map((match) => match[1]!);
  t.true(paths.length >= 2);
  for (const path of paths) t.is((await send(url + path)).status, 200, path);
});

test('SITE_NAME is the title and the heading of the dashboard, escaped, with an ETag of its own', async (t) => {
  const { url } = await startService(t, { SITE_NAME: '<b> & "$1" \u{1F4DA}' });
  const named = await send(`${url}/`);
  t.regex(named.text, /<title>&lt;b&gt; &amp; &quot;\$1&quot; \u{1F4DA}<\/title>/u);
  t.regex(named.text, /<h1 [^>]*>&lt;b&gt; &amp; &quot;\$1&quot; \u{1F4DA}<\/h1>/u);
  t.is(named.headers['content-length'], String(Buffer.byteLength(named.text)));
  const unnamed = await send(`${(await startService(t)).url}/`);
  t.regex(unnamed.text, /<title>Presence<\/title>/);
  t.not(named.headers.etag, unnamed.headers.etag);
});
