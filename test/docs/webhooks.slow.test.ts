import { symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startCli } from '../support/cli.js';
import { hit, send } from '../support/client.js';
import { type Block, documentAt, fileNameOf, placeOf } from '../support/documents.js';
import { isListening } from '../support/listening.js';
import { testWith } from '../support/needs.js';
import { hasPython } from '../support/python.js';
import { startReceiver, WEBHOOK_SECRET } from '../support/receiver.js';
import { freePort } from '../support/redis.js';
import { Shell } from '../support/shell.js';
import { until } from '../support/until.js';
import type { WebhookMessage } from '../support/webhook-fold.js';

const { blocks } = documentAt('docs/webhooks.md');
const pythonTest = testWith('Python', hasPython, 'Install the Debian package python3.');
const QUICK = { TICK_INTERVAL_SECONDS: '0.2', LEAVE_SETTLE_SECONDS: '0', WEBHOOK_BATCH_SECONDS: '0.2' };

for (const block of blocks.filter((each) => fileNameOf(each) !== undefined)) {
  const receiverTest = block.language === 'python' ? pythonTest : test;

  receiverTest(`${placeOf(block)} verifies messages, and knows who is online`, async (t) => {
    const { url, shown } = await startExample(t, block);
    const service = await startCli(t, { ...QUICK, WEBHOOK_URL: url, WEBHOOK_SECRET });
    await hit(service.url, { uid: 'ada', info: { name: 'Ada' } });
    await hit(service.url, { uid: 'bob', idle_for: 400 });
    await hit(service.url, { uid: 'gone' });
    await until(() => shown().length === 3, 'all to join');
    await hit(service.url, { uid: 'bob', info: { name: 'Bob' } });
    await send(`${service.url}/v1/leave`, { body: '{"uid":"gone"}' });
    const wanted = [
      { uid: 'ada', status: 'active', info: { name: 'Ada' } },
      { uid: 'bob', status: 'active', info: { name: 'Bob' } },
    ];
    await until(() => JSON.stringify(sorted(shown())) === JSON.stringify(sorted(wanted)), 'the changes');
    service.process.kill('SIGKILL');
    await service.exited;
    await startCli(t, { ...QUICK, WEBHOOK_URL: url, WEBHOOK_SECRET });
    await until(() => shown().length === 0, 'the snapshot of the next start');
    t.pass();
  });

  receiverTest(`${placeOf(block)} refuses messages that are signed with another secret`, async (t) => {
    const { url, shown } = await startExample(t, block);
    const forged = `whsec_${Buffer.alloc(32, 'x').toString('base64')}`;
    const service = await startCli(t, { ...QUICK, WEBHOOK_URL: url, WEBHOOK_SECRET: forged });
    await hit(service.url, { uid: 'ada' });
    const line = await until(() => service.logLines.find(({ message }) => /Webhooks/.test(String(message))) ?? false);
    t.is(line.problem, 'it answered 400');
    t.deepEqual(shown(), []);
  });
}

test('docs/webhooks.md shows messages as they are sent', async (t) => {
  const receiver = await startReceiver(t);
  const environment = receiver.environment(QUICK);
  const { url } = await startCli(t, environment);
  await until(() => receiver.accepted.length > 0);
  await hit(url, { uid: 'ada', info: { name: 'Ada' } });
  await until(() => receiver.fold.visitors.has('ada'));
  const [empty, batch] = receiver.accepted as [WebhookMessage, WebhookMessage];
  const examples = blocks.filter(({ language }) => language === 'json').map(({ text }) => JSON.parse(text));
  t.deepEqual(withoutTimes(examples[0]), withoutTimes(batch));
  const { visitors, ...rest } = examples[1].data;
  t.deepEqual(visitors, [batch.data.events[0].data]);
  t.deepEqual({ ...rest, visitors: [] }, empty.data);
});

/** Runs a receiver of the documents as it is written. Its last line shows who is online. */
async function startExample(t: ExecutionContext, block: Block) {
  const port = await freePort();
  const shell = new Shell(t, { WEBHOOK_SECRET, PORT: String(port) });
  const name = fileNameOf(block)!;
  writeFileSync(join(shell.folder, name), block.text);
  symlinkSync(resolve('node_modules'), join(shell.folder, 'node_modules'));
  const { stdout } = shell.start(block.language === 'python' ? 'python3' : process.execPath, name);
  await until(() => isListening(port), 'the receiver to listen');
  const shown = () => JSON.parse(stdout().trim().split('\n').at(-1) || '[]') as { uid: string }[];
  return { url: `http://127.0.0.1:${port}/`, shown };
}

/** Visitors and their members in an order of their own. */
function sorted(visitors: readonly { uid: string }[]) {
  const entries = visitors.map((visitor) => Object.entries(visitor).sort(([a], [b]) => (a < b ? -1 : 1)));
  return entries.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const withoutTimes = (value: unknown) => JSON.stringify(value).replaceAll(/"timestamp":"[^"]+"/g, '"timestamp":""');
