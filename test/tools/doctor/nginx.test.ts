import { examined, HEALTHY, kindsOf, startDeployed } from '../../support/doctor.js';
import { testWith } from '../../support/needs.js';
import { hasNginx, startNginx } from '../../support/nginx.js';

const test = testWith('nginx', hasNginx, 'Install the Debian package nginx.');

test('a service behind an nginx that passes everything on is healthy', async (t) => {
  const service = await startDeployed(t);
  t.deepEqual(kindsOf(await examined(await startNginx(t, service.url, []))), HEALTHY);
});

test('an nginx that compresses events itself holds them back, which is found', async (t) => {
  const service = await startDeployed(t);
  const url = await startNginx(t, service.url, [
    'gzip on',
    'gzip_types text/event-stream',
    'gzip_proxied any',
    // The service asks for no buffering by this header.
    'proxy_ignore_headers X-Accel-Buffering',
    'proxy_set_header Accept-Encoding ""',
  ]);
  t.deepEqual(kindsOf(await examined(url)), {
    ...HEALTHY,
    streams: 'events held',
    gzip: 'not checked',
    latency: 'events held',
    closes: 'events held',
    instances: 'events held',
  });
});

test('an nginx that removes headers is found', async (t) => {
  const service = await startDeployed(t);
  const url = await startNginx(t, service.url, ['proxy_set_header Accept-Encoding ""', 'proxy_set_header Origin ""']);
  t.deepEqual(kindsOf(await examined(url)), { ...HEALTHY, gzip: 'gzip lost', origins: 'origin removed' });
});

test('an nginx that does not pass disconnects on is found', async (t) => {
  const service = await startDeployed(t);
  const url = await startNginx(t, service.url, ['proxy_ignore_client_abort on']);
  t.deepEqual(kindsOf(await examined(url)), { ...HEALTHY, closes: 'closes hidden' });
});
