import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ExecutionContext } from 'ava';
import { isListening } from './listening.js';
import { until } from './until.js';

const FRAMEWORK = 'node_modules/@google-cloud/functions-framework/build/src/main.js';

/** The service as `npm start` runs it: the stock Functions Framework in a process of its own, on the built files. */
export interface CliService {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Its log lines so far: those that are JSON. */
  readonly logLines: Record<string, unknown>[];
  /** All lines that it has written so far. */
  output(): string;
  /** Resolves with the exit code, or the signal that killed it. */
  readonly exited: Promise<number | NodeJS.Signals>;
}

/**
 * Starts the service and waits until it listens. Ends it after the test.
 *
 * @param folder where it was built; default: here
 */
export async function startCli(
  t: ExecutionContext,
  environment: Record<string, string> = {},
  folder = '.',
): Promise<CliService> {
  const { child, logLines, output, exited, listening } = spawnCli(environment, folder);
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const port = await Promise.race([
    listening,
    exited.then((code) => Promise.reject(new Error(`The service exited with ${code}:\n${output()}`))),
  ]);
  return { url: `http://127.0.0.1:${port}`, port, process: child, logLines, output, exited };
}

/** Starts the service, which may or may not listen. */
export function spawnCli(environment: Record<string, string>, folder = '.') {
  const { PATH, NODE_V8_COVERAGE } = process.env;
  // The service writes its coverage only when it exits by itself: of one that a test kills, nothing is counted.
  const coverage = NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE };
  // With the Node that runs the tests, whichever the PATH names.
  const child = spawn(process.execPath, [FRAMEWORK, '--target=presence'], {
    cwd: folder,
    env: { PATH, NODE_ENV: 'production', PORT: '0', ...coverage, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const logLines: Record<string, unknown>[] = [];
  const exited = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  createInterface(child.stderr).on('line', (line) => lines.push(line));
  // Where the test chooses the port, the service is polled, because its log line may be missing.
  const { PORT } = environment;
  const listening = new Promise<number>((resolve, reject) => {
    if (PORT !== undefined) {
      const port = Number(PORT);
      const isSettled = async () => child.exitCode !== null || (await isListening(port));
      void until(isSettled, 'the service to listen').then(() => resolve(port), reject);
    }
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      if (!line.startsWith('{')) return;
      const entry = JSON.parse(line) as Record<string, unknown>;
      logLines.push(entry);
      if (entry.message === 'Listening.') resolve((entry.address as { port: number }).port);
    });
  });
  return { child, logLines, exited, listening, output: () => lines.join('\n') };
}
