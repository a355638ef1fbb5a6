import { readdirSync, readFileSync } from 'node:fs';

/** CPU time that a process and its child processes have used so far, all threads together, in milliseconds. Linux only. */
export function cpuMs(pid: number): number {
  let nanoseconds = 0;
  let childrenMs = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`;
    try {
      nanoseconds += Number(readFileSync(`${folder}/schedstat`, 'utf8').split(' ')[0]);
      for (const child of readFileSync(`${folder}/children`, 'utf8').split(' ')) {
        if (child !== '') childrenMs += cpuMs(Number(child));
      }
    } catch {
      // The thread ended after the folder was read.
    }
  }
  return nanoseconds / 1e6 + childrenMs;
}
