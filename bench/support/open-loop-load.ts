import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { SteadyOrder, SteadyReport } from '../clients/open-loop-process.js';
import { onCore } from './machine.js';

/** Sends heartbeats at a steady pace from a process of its own, on core 1. */
export async function beatSteadily(order: SteadyOrder): Promise<SteadyReport> {
  const script = new URL('../clients/open-loop-process.ts', import.meta.url).pathname;
  const [program, ...args] = [...onCore(1), process.execPath, '--import', 'tsx', script];
  const child = spawn(program!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  child.send(order);
  const answer = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  child.kill('SIGKILL');
  await exited;
  if (answer === undefined) throw new Error('The load generator has gone.');
  return answer[0] as SteadyReport;
}
