import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

/** What a finished command has written, and how it ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs on. */
export interface Running {
  /** Everything it has written to standard output so far. */
  stdout(): string;
  readonly finished: Promise<Outcome>;
}

/** Runs commands in a folder of its own. What still runs after the test is killed, with all that it has started. */
export class Shell {
  readonly folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #running = new Set<ChildProcess>();

  constructor(t: ExecutionContext, environment: NodeJS.ProcessEnv = {}, folder?: string) {
    this.folder = folder ?? mkdtempSync(join(tmpdir(), 'shell-'));
    this.#environment = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
    t.teardown(async () => {
      await Promise.all([...this.#running].map(endGroup));
      if (folder === undefined) rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** Starts a program. */
  start(program: string, ...args: string[]): Running {
    const child = spawn(program, args, {
      cwd: this.folder,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what it starts in the background can be ended with it.
      detached: true,
    });
    this.#running.add(child);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (part) => {
      stdout += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part) => {
      stderr += part;
    });
    const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
    return { stdout: () => stdout, finished };
  }

  /** Runs a program to its end. */
  run(program: string, ...args: string[]): Promise<Outcome> {
    return this.start(program, ...args).finished;
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    // All of it has ended already.
  }
  await exited;
}
