import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import test from 'ava';
import { spawnCli } from '../support/cli.js';
import { isListening } from '../support/listening.js';
import { until } from '../support/until.js';

test('a start that is asked to stop while it waits for Redis exits with 0', async (t) => {
  const silent = createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.teardown(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const { child, exited, output } = spawnCli({ REDIS_URL: `redis://127.0.0.1:${port}` });
  t.teardown(() => child.kill('SIGKILL'));
  const [connection] = await once(silent, 'connection');
  t.teardown(() => connection.destroy());
  child.kill('SIGTERM');
  t.is(await exited, 0, output());
  t.false(output().includes('Listening.'));
});

test('SIGTERM to npm start stops the service, not npm alone', async (t) => {
  // The build would replace the files that other tests run.
  const npm = spawn('npm', ['start', '--ignore-scripts'], {
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.teardown(() => npm.kill('SIGKILL'));
  const port = await new Promise<number>((resolve) => {
    createInterface(npm.stdout).on('line', (line) => {
      if (line.includes('"Listening."')) resolve(JSON.parse(line).address.port);
    });
  });
  npm.kill('SIGTERM');
  await once(npm, 'exit');
  await until(async () => !(await isListening(port)), 'the service to stop');
  t.pass();
});
