import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

/** Whether a program can be started. */
export function hasProgram(name: string): boolean {
  return output('sh', ['-c', `command -v ${name}`]) !== undefined;
}

/** What a program prints to stdout; undefined when it cannot be started or fails. */
export function output(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** The machine that figures are measured on, in one line. */
export function machineLine(): string {
  const processors = cpus();
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return `${model}, ${processors.length} cores, ${memoryGiB} GiB; Linux ${release()}; Node ${process.versions.node}`;
}

/** Prefix for a command that pins it to one core; empty where `taskset` is missing. */
export const onCore = (core: number): string[] => (hasProgram('taskset') ? ['taskset', '-c', String(core)] : []);

/** Pins this process to one core. It sends load too, and must stay off the servers' core. */
export function pinToCore(core: number): void {
  output('taskset', ['-cp', String(core), String(process.pid)]);
}
