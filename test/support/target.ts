import { Agent, request } from 'node:http';
import type { ExecutionContext } from 'ava';
import { type CliService, startCli } from './cli.js';
import { openStream, send } from './client.js';
import { pipeline } from './pipeline.js';
import { until } from './until.js';

/** Windows short enough for a test, and long enough for a machine that is busy with an attack. */
const SHORT = {
  CORS_ALLOW_ORIGIN: '*',
  HEARTBEAT_SECONDS: '1.5',
  ONLINE_WINDOW_SECONDS: '6',
  TICK_INTERVAL_SECONDS: '0.2',
  LEAVE_SETTLE_SECONDS: '0',
  METRICS: 'open',
};
/** Longer than the online window: whoever missed a heartbeat has left by then. */
const OVER_WINDOW_SECONDS = 7;

/** A service under attack, with a visitor and two watchers as bystanders. */
export interface Target extends CliService {
  /** Bytes in use after a garbage collection. */
  usedBytes(): Promise<number>;
  /** How many streams are open, those of the two watchers included. */
  openStreams(): Promise<number>;
  /** Waits until so many seconds have passed on the service's clock, as its watchers see it. */
  passes(seconds: number): Promise<void>;
  /**
   * Ends a test: the process is still the same, its memory is within 20 % of what it was before, and the visitor and the
   * watchers have seen no disturbance.
   */
  assertUnharmed(): Promise<void>;
}

/** Starts the service with its bystanders, and warms it up. */
export async function startTarget(t: ExecutionContext, environment: Record<string, string> = {}): Promise<Target> {
  const preload = new URL('memory-on-usr2.mjs', import.meta.url);
  const service = await startCli(t, { ...SHORT, NODE_OPTIONS: `--import=${preload}`, ...environment });
  const usedBytes = async () => {
    const asked = service.logLines.length;
    service.process.kill('SIGUSR2');
    const line = await until(() => service.logLines.slice(asked).find((each) => 'usedBytes' in each) ?? false);
    return line.usedBytes as number;
  };

  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const complaints: string[] = [];
  let answered = 0;
  const beat = () => {
    const outgoing = request(`${service.url}/v1/hit`, { method: 'POST', agent });
    outgoing.on('error', (error) => complaints.push(`a heartbeat failed: ${error.message}`));
    outgoing.on('response', (response) => {
      answered++;
      if (response.statusCode !== 200) complaints.push(`a heartbeat got ${response.statusCode}`);
      response.resume();
    });
    outgoing.end('{"uid":"bystander"}');
  };
  beat();
  await until(() => answered > 0, 'the first heartbeat to be answered');
  const beating = setInterval(beat, 500);
  t.teardown(() => {
    clearInterval(beating);
    agent.destroy();
  });
  const lists = await openStream(t, `${service.url}/sse/online`);
  const changes = await openStream(t, `${service.url}/sse/changes`);
  const now = () => JSON.parse(lists.events.at(-1)?.data ?? '{"ts":0}').ts as number;
  const passes = async (seconds: number) => {
    const endsAt = now() + seconds;
    await until(() => now() >= endsAt || lists.response.destroyed, `${seconds} s to pass`);
  };
  const openStreams = async () => {
    const { text } = await send(`${service.url}/metrics`);
    return [...text.matchAll(/^presence_streams\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  };
  await until(async () => (await openStreams()) === 2, 'both watchers to be counted');
  // Memory that first requests take for good, such as compiled code, is not a leak.
  const usual = ['GET /v1/online', 'POST /v1/hit', 'GET /v1/visitors/a%20b?x=1', 'GET /nowhere', 'OPTIONS /v1/leave'];
  const requests = usual.map((line) => Buffer.from(`${line} HTTP/1.1\r\nHost: a\r\n\r\n`));
  for (let count = 0; count < 1000; count++) await pipeline(service.port, requests);
  const baselineBytes = await usedBytes();

  return {
    ...service,
    usedBytes,
    openStreams,
    passes,
    assertUnharmed: async () => {
      await passes(OVER_WINDOW_SECONDS);
      clearInterval(beating);
      // Memory may take a while to be freed; a leak never is.
      const deadlineMs = performance.now() + 20_000;
      let bytes = await usedBytes();
      while (bytes >= 1.2 * baselineBytes && performance.now() < deadlineMs) {
        await passes(1);
        bytes = await usedBytes();
      }
      t.is(service.process.exitCode, null, service.output());
      t.deepEqual(complaints, []);
      t.true(lists.events.length > 10);
      for (const { data } of lists.events) t.true(data.includes('"bystander"'), data.slice(0, 300));
      const left = changes.events.flatMap(({ data }) => (JSON.parse(data).left ?? []) as string[]);
      t.false(left.includes('bystander'));
      t.false(lists.response.destroyed || changes.response.destroyed);
      t.log(`memory: ${(baselineBytes / 1e6).toFixed(1)} MB before, ${(bytes / 1e6).toFixed(1)} MB after`);
      t.true(bytes < 1.2 * baselineBytes, `${bytes} bytes after ${baselineBytes}`);
      const errors = service.logLines.filter(({ severity }) => severity === 'ERROR' || severity === 'CRITICAL');
      t.deepEqual(errors, []);
    },
  };
}
