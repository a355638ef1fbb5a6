import { hit, send } from '../support/client.js';
import { documents, placeOf } from '../support/documents.js';
import { isListening } from '../support/listening.js';
import { testWith } from '../support/needs.js';
import { freePort, hasRedis } from '../support/redis.js';
import { Shell } from '../support/shell.js';
import { until } from '../support/until.js';

const test = testWith('Redis', hasRedis, 'Install the Debian package redis-server.');

for (const block of documents.flatMap(({ blocks }) => blocks).filter(({ marks }) => marks.includes('redis'))) {
  test(`${placeOf(block)} starts two instances that share presence`, async (t) => {
    // Nothing but the ports differs from what is written.
    const ports = new Map<string, number>();
    for (const [port] of block.text.matchAll(/\b\d{4}\b/g)) if (!ports.has(port)) ports.set(port, await freePort());
    const script = block.text.replaceAll(/\b\d{4}\b/g, (port) => String(ports.get(port)));
    new Shell(t, {}, '.').start('bash', '-c', script);
    const [first, second] = Array.from(script.matchAll(/--port=(\d+)/g), ([, port]) => Number(port));
    for (const port of [first!, second!]) await until(() => isListening(port), 'an instance to listen');
    await hit(`http://127.0.0.1:${first}`, { uid: 'ada' });
    await until(async () => (await send(`http://127.0.0.1:${second}/v1/visitors/ada`)).json().status === 'active');
    t.pass();
  });
}
