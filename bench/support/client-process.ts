import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { OpenLoopReport, OpenLoopRequest } from '../clients/open-loop-process.js';
import type { WatcherReport, WatcherRequest } from '../clients/watcher-messages.js';
import { onCore } from './machine.js';

/** A script of `bench/clients` in a process of its own, on core 1. It answers each request with one report. */
class ClientProcess<Request extends object, Report> {
  readonly #script: string;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(script: string) {
    this.#script = script;
    const path = new URL(`../clients/${script}`, import.meta.url).pathname;
    const [program, ...args] = [...onCore(1), process.execPath, '--import', 'tsx', path];
    // The script exits when the channel closes, so it never outlives this process.
    this.#process = spawn(program!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#exited = once(this.#process, 'exit');
  }

  async ask(request: Request): Promise<Report> {
    const answered = once(this.#process, 'message');
    this.#process.send(request);
    const answer = await Promise.race([answered, this.#exited.then(() => undefined)]);
    if (answer === undefined) throw new Error(`${this.#script} exited before it answered.`);
    return answer[0] as Report;
  }

  /** Ends the process, and with it all its connections. */
  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }
}

/** Starts a process that opens event streams and counts what arrives. */
export const startWatchers = () => new ClientProcess<WatcherRequest, WatcherReport>('watcher-process.ts');

/** Sends heartbeats at a fixed rate, whether or not earlier ones are answered, from a process of its own. */
export async function runOpenLoopLoad(request: OpenLoopRequest): Promise<OpenLoopReport> {
  const client = new ClientProcess<OpenLoopRequest, OpenLoopReport>('open-loop-process.ts');
  try {
    return await client.ask(request);
  } finally {
    await client.stop();
  }
}
