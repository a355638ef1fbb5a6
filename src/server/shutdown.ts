import type { Server } from 'node:http';
import type { Log } from '../runtime/log.js';
import type { Timers } from '../runtime/timers.js';

/** Cloud Run kills the container ten seconds after it has asked it to stop. */
const LONGEST_MS = 7000;
const IDLE_CHECK_MS = 100;

/** What ending the process well needs. */
export interface ShutdownDependencies {
  /** The servers to close; asked when the time has come. */
  readonly servers: () => Iterable<Server>;
  /** Ends what would otherwise never end by itself. */
  readonly drain: () => void;
  readonly timers: Timers;
  readonly log: Log;
  readonly exit: (code: number) => void;
}

/**
 * Makes a function that ends the process well: accepts no more, lets requests in flight finish, ends the streams, and
 * exits when the last connection is closed, or after 7 s. Called again while it does so, it exits at once.
 */
export function createShutdown(dependencies: ShutdownDependencies): (code: number) => void {
  const { servers, drain, timers, log, exit } = dependencies;
  let leaving = false;
  return (code) => {
    if (leaving) return exit(code);
    leaving = true;
    const open = new Set(servers());
    timers.after(LONGEST_MS, () => {
      log.warn('Some connections did not end in time; they are cut.');
      exit(code);
    });
    if (open.size === 0) return exit(code);
    for (const server of open) {
      server.close(() => {
        open.delete(server);
        if (open.size === 0) exit(code);
      });
    }
    try {
      drain();
    } catch (error) {
      log.error('Ending the streams failed.', { error });
    }
    timers.every(IDLE_CHECK_MS, () => {
      for (const server of open) server.closeIdleConnections();
    });
  };
}
