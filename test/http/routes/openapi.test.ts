import { readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';
import { send } from '../../support/client.js';
import { startService } from '../../support/service.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test('/openapi.json serves docs/openapi.yaml with the version of the package', async (t) => {
  const { url } = await startService(t);
  const answer = await send(`${url}/openapi.json`);
  t.is(answer.status, 200);
  t.is(answer.headers['content-type'], 'application/json');
  const document = parse(readFileSync('docs/openapi.yaml', 'utf8'));
  const expected = { ...document, info: { ...document.info, version } };
  t.deepEqual(answer.json(), expected, 'npm run build brings it up to date');
});

test('scripts of pages of any origin may read the OpenAPI document', async (t) => {
  const { url } = await startService(t);
  const headers = { origin: 'https://elsewhere.example' };
  for (const more of [{}, { 'if-none-match': '*' }]) {
    const answer = await send(`${url}/openapi.json`, { headers: { ...headers, ...more } });
    t.is(answer.headers['access-control-allow-origin'], '*');
    t.is(answer.headers['access-control-allow-credentials'], undefined);
  }
});

test('the OpenAPI document is compressed for clients that accept gzip, and revalidated by its ETag', async (t) => {
  const { url } = await startService(t);
  const { headers } = await send(`${url}/openapi.json`);
  const compressed = await fetch(`${url}/openapi.json`, { headers: { 'accept-encoding': 'gzip' } });
  t.is(compressed.headers.get('content-encoding'), 'gzip');
  t.is(compressed.headers.get('etag'), headers.etag!);
  t.is(((await compressed.json()) as { openapi: string }).openapi, '3.1.1');
  const again = await send(`${url}/openapi.json`, { headers: { 'if-none-match': headers.etag! } });
  t.is(again.status, 304);
  t.is(again.text, '');
});
