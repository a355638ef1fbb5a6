import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

/** Whether a program can be started. */
export function hasProgram(name: string): boolean {
  return output('sh', ['-c', `command -v ${name}`]) !== undefined;
}

/** What a program prints, or undefined when it cannot be started or fails. */
export function output(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** What the figures were taken on, in a line. */
export function machineLine(): string {
  const processors = cpus();
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return `${model}, ${processors.length} cores, ${memoryGiB} GiB; Linux ${release()}; Node ${process.versions.node}`;
}

/** The words to put before a command so that it stays on one core; none where `taskset` is missing. */
export const onCore = (core: number): string[] => (hasProgram('taskset') ? ['taskset', '-c', String(core)] : []);

/** Keeps this process, which sends load too, off the core of the servers. */
export function stayOnCore(core: number): void {
  output('taskset', ['-cp', String(core), String(process.pid)]);
}
