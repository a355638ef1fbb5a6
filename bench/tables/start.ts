import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
/** The image's Node is a later one. */
const REASON = 'enableCompileCache' in nodeModule ? {} : { reason: 'this Node has no compile cache' };

/** What is started. */
interface Subject {
  readonly name: string;
  readonly command: readonly string[];
  readonly folder?: string;
  readonly environment?: Record<string, string>;
}

/** The time from the start of the process to the first answer. */
export async function benchStart({ rounds }: Effort): Promise<Section> {
  const starts = rounds * STARTS_PER_ROUND;
  const folder = mkdtempSync(join(tmpdir(), 'presence-image-'));
  try {
    const subjects = subjectsWith(folder);
    // The first starts read from disk, not from the file cache.
    await alternate(1, subjects, measure);
    const tookMs = await alternate(starts, subjects, measure);
    const comparisons = tookMs.map((of) => ratios(tookMs[0]!, of));
    const rows = subjects.map(({ name }, index) => [name, summary(comparisons[index]!, 2), summary(tookMs[index]!)]);
    const text = `${table(['server', 'the image ÷ server', 'ms'], rows)}

From the start of the process to the first byte of the answer to \`GET /readyz\`, which is requested every millisecond. The
files of the image are those that \`scripts/build-image.mjs\` writes, on this machine's Node and without a container. The hello
function runs as the framework's documents show: neither bundled nor with a compile cache. Rounds: ${starts}.

${versionsLine('@google-cloud/functions-framework', 'express')}.`;
    const goals = [
      judge(
        "the image at most 0.85 of the hello function's time",
        median(comparisons.at(-1)!),
        { atMost: 0.85 },
        REASON,
      ),
    ];
    return { title: 'Start', text, goals };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes the files of the image to a folder, and names what is started there and here. */
function subjectsWith(folder: string): Subject[] {
  const run = (script: string, argument: string, cwd: string) =>
    execFileSync(process.execPath, [join(process.cwd(), 'scripts', script), argument], { cwd, stdio: 'ignore' });
  const cache = join(folder, 'compile-cache');
  run('build-image.mjs', folder, '.');
  run('fill-compile-cache.mjs', cache, folder);
  const command = serviceCommand();
  return [
    { name: 'the image', command, folder, environment: { NODE_COMPILE_CACHE: cache } },
    { name: 'the image on a CPU that its compile cache does not fit', command, folder },
    { name: 'this service as `npm start` runs it', command },
    { name: 'a hello function on the stock framework', command: functionCommand('hello', 'bench/servers/hello.mjs') },
  ];
}

async function measure({ command, folder = '.', environment = {} }: Subject): Promise<number> {
  const beganMs = performance.now();
  const server = launch({ command, port: PORT, folder, environment: { LOG_LEVEL: 'warn', ...environment } });
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
