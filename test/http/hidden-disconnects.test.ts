import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { startCli } from '../support/cli.js';
import { hit, openStream } from '../support/client.js';
import { until } from '../support/until.js';

test('behind a front that hides disconnects, a new watcher is served although more than MAX_STREAMS are open', async (t) => {
  const { url } = await startCli(t, { MAX_STREAMS: '100', TICK_INTERVAL_SECONDS: '0.1', METRICS: 'open' });
  const front = await startFront(t, url);
  await hit(url, { uid: 'ada' });
  for (let count = 0; count < 140; count++) {
    const stream = await openStream(t, `${front}/sse/online`);
    await stream.next();
    stream.close();
  }
  const stream = await openStream(t, `${front}/sse/online`);
  t.is((await stream.next()).online_total, 1);
  await until(() => stream.events.length > 3, 'the watcher to be served on');
  t.regex(await (await fetch(`${url}/metrics`)).text(), /^presence_evicted_streams_total 41$/m);
});

/** A reverse proxy that, like Cloud Run over HTTP/1.1, keeps its request to the service open when a client disconnects. */
async function startFront(t: ExecutionContext, target: string): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const { url, method, headers } = incoming;
    const onward = request(target + url, { method, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      outgoing.flushHeaders();
      answer.on('data', (part) => {
        if (!outgoing.destroyed) outgoing.write(part);
      });
      answer.on('end', () => outgoing.end());
      answer.on('error', () => outgoing.destroy());
    });
    onward.on('error', () => outgoing.destroy());
    t.teardown(() => onward.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
