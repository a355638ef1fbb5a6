import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { onCore } from './machine.js';

/** A running server. */
export interface ServerProcess {
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** How a server is started. */
export interface Launch {
  /** Program and arguments. The program must listen on 127.0.0.1, on the port in `PORT`. */
  readonly command: readonly string[];
  readonly port: number;
  readonly environment?: Record<string, string>;
  /** Where to start it; default: here. */
  readonly folder?: string;
  /** Whether to open a channel for messages to and from the process; default: no. */
  readonly ipc?: boolean;
}

const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 9000;
const FRAMEWORK = 'node_modules/@google-cloud/functions-framework/build/src/main.js';
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) killAll(child);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

/** Starts a server on core 0 without waiting until it answers. Its process group ends when this process ends. */
export function launch({
  command,
  port,
  environment = {},
  folder = '.',
  ipc = false,
}: Launch): Omit<ServerProcess, 'url'> {
  const [program, ...args] = [...onCore(0), ...command];
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', PORT: String(port), ...environment };
  const stdio = ['ignore', 'ignore', 'inherit', ...(ipc ? (['ipc'] as const) : [])] as const;
  const child = spawn(program!, args, { env, cwd: folder, stdio: [...stdio], detached: true });
  running.add(child);
  const exited = once(child, 'exit').then(() => running.delete(child));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => killAll(child), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  };
  return { process: child, stop };
}

/** Starts a server on core 0 and waits until it answers. */
export async function startCommand(options: Launch): Promise<ServerProcess> {
  const server = launch(options);
  const url = `http://127.0.0.1:${options.port}`;
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (!(await fetch(url).catch(() => undefined))) {
    const { exitCode } = server.process;
    if (performance.now() > deadlineMs || exitCode !== null) {
      throw new Error(`${options.command.join(' ')} did not start`);
    }
    await delay(50);
  }
  return { url, ...server };
}

/** The command that starts the service as it is deployed: built, on the Functions Framework. */
export const serviceCommand = (nodeArguments: readonly string[] = []): string[] => [
  process.execPath,
  ...nodeArguments,
  FRAMEWORK,
  '--target=presence',
];

/** The command that starts another function on the Functions Framework. */
export const functionCommand = (target: string, source: string): string[] => [
  process.execPath,
  FRAMEWORK,
  `--target=${target}`,
  `--source=${source}`,
];

/** Starts the service on core 0 and waits until it answers. */
export const startService = (port: number, environment: Record<string, string> = {}): Promise<ServerProcess> =>
  startCommand({ command: serviceCommand(), port, environment: { LOG_LEVEL: 'warn', ...environment } });

function killAll(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    // The process group has ended.
  }
}
