import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Effort, judge, type Section } from '../support/report.js';
import { functionCommand, launch, serviceCommand } from '../support/server.js';
import { median, ratios, summary, table } from '../support/statistics.js';

const PORT = 8150;
const STARTS_PER_ROUND = 5;
const RETRY_MS = 1;
const FOUND =
  'it loads all that the hello function loads, the framework and Express, and then itself: one bundled file of 300 KB with pino and envalid in it';
const SUBJECTS = [
  { name: 'this service', command: serviceCommand() },
  { name: 'a hello function on the stock framework', command: functionCommand('hello', 'bench/servers/hello.mjs') },
];

/** From the start of the process to the first answer. */
export async function benchStart({ rounds }: Effort): Promise<Section> {
  const starts = rounds * STARTS_PER_ROUND;
  const tookMs = SUBJECTS.map(() => [] as number[]);
  // The first ones find nothing in the machine's file cache.
  for (const { command } of SUBJECTS) await measure(command);
  for (let start = 0; start < starts; start++) {
    for (const [index, { command }] of SUBJECTS.entries()) tookMs[index]!.push(await measure(command));
  }
  const comparisons = tookMs.map((of) => ratios(tookMs[0]!, of));
  const rows = SUBJECTS.map(({ name }, index) => [name, summary(comparisons[index]!, 2), summary(tookMs[index]!)]);
  const text = `${table(['server', 'this service : it', 'ms'], rows)}

From the start of the process to the first byte of the answer to \`GET /readyz\`, asked for every millisecond. Medians of ${starts}
alternating starts, with the least and the most.`;
  const goals = [judge("at most 1.0 of the hello function's time", median(comparisons[1]!), { most: 1 }, 2, FOUND)];
  return { title: 'Start', text, goals };
}

async function measure(command: readonly string[]): Promise<number> {
  const beganMs = performance.now();
  const server = launch({ command, port: PORT, environment: { LOG_LEVEL: 'warn' } });
  try {
    while (!(await answers())) {
      if (performance.now() - beganMs > 20_000) throw new Error(`${command.join(' ')} did not start`);
      await delay(RETRY_MS);
    }
    return performance.now() - beganMs;
  } finally {
    await server.stop();
  }
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(PORT, '127.0.0.1', () => {
      socket.write('GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
    });
    socket.once('data', (bytes) => resolve(bytes.includes(' 200 ')));
    socket.once('data', () => socket.destroy());
    socket.on('error', () => resolve(false));
  });
}
