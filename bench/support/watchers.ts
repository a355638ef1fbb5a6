import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { WatchOrder, WatchReport } from '../clients/watcher-messages.js';
import { onCore } from './machine.js';

/** Watchers in a process of their own, on core 1. */
export class Watchers {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor() {
    const script = new URL('../clients/watcher-process.ts', import.meta.url).pathname;
    const [program, ...args] = [...onCore(1), process.execPath, '--import', 'tsx', script];
    // It ends when the channel closes, so also with this process.
    this.#process = spawn(program!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#exited = once(this.#process, 'exit');
  }

  /** Gives an order and waits for the report. */
  async tell(order: WatchOrder): Promise<WatchReport> {
    const answered = once(this.#process, 'message');
    this.#process.send(order);
    const report = await Promise.race([answered, this.#exited.then(() => undefined)]);
    if (report === undefined) throw new Error('The watchers have gone.');
    return report[0] as WatchReport;
  }

  /** Ends the process, and with it all streams. */
  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }
}
