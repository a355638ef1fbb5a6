import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from 'simple-statistics';
import { alternate } from '../support/alternate.js';
import { table } from '../support/markdown.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { functionCommand, launch, serviceCommand } from '../support/server.js';
import { ratios, summary } from '../support/statistics.js';
import { versionsLine } from '../support/versions.js';

const PORT = 8150;
const STARTS_PER_ROUND = 5;
const RETRY_MS = 1;
const TIMEOUT_MS = 20_000;
const REASON =
  'it loads what the hello function loads, the framework and Express, and its own code: one bundled file of 300 KB that includes pino and envalid';
const SUBJECTS = [
  { name: 'this service', command: serviceCommand() },
  { name: 'a hello function on the stock framework', command: functionCommand('hello', 'bench/servers/hello.mjs') },
];

/** The time from the start of the process to the first answer. */
export async function benchStart({ rounds }: Effort): Promise<Section> {
  const starts = rounds * STARTS_PER_ROUND;
  // The first starts read from disk, not from the file cache.
  await alternate(1, SUBJECTS, measure);
  const tookMs = await alternate(starts, SUBJECTS, measure);
  const comparisons = tookMs.map((of) => ratios(tookMs[0]!, of));
  const rows = SUBJECTS.map(({ name }, index) => [name, summary(comparisons[index]!, 2), summary(tookMs[index]!)]);
  const text = `${table(['server', 'this service ÷ server', 'ms'], rows)}

From the start of the process to the first byte of the answer to \`GET /readyz\`, which is requested every millisecond. Rounds:
${starts}.

${versionsLine('@google-cloud/functions-framework', 'express')}.`;
  const goals = [
    judge("at most 1.0 of the hello function's time", median(comparisons[1]!), { atMost: 1 }, { reason: REASON }),
  ];
  return { title: 'Start', text, goals };
}

async function measure({ command }: { readonly command: readonly string[] }): Promise<number> {
  const beganMs = performance.now();
  const server = launch({ command, port: PORT, environment: { LOG_LEVEL: 'warn' } });
  try {
    while (!(await isReady())) {
      if (performance.now() - beganMs > TIMEOUT_MS) throw new Error(`${command.join(' ')} did not start`);
      await delay(RETRY_MS);
    }
    return performance.now() - beganMs;
  } finally {
    await server.stop();
  }
}

function isReady(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(PORT, '127.0.0.1', () => {
      socket.write('GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
    });
    socket.once('data', (bytes) => {
      resolve(bytes.includes(' 200 '));
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
  });
}
