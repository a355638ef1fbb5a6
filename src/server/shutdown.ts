import type { Server } from 'node:http';
import type { Log } from '../runtime/log.js';
import type { Timers } from '../runtime/timers.js';

/** Cloud Run kills the container ten seconds after SIGTERM. */
const MAX_DURATION_MS = 7000;
const IDLE_CHECK_MS = 100;

/** What a graceful shutdown works with. */
export interface ShutdownDependencies {
  /** The servers to close. */
  readonly servers: () => Iterable<Server>;
  /** Ends the streams, which would never end by themselves. */
  readonly drain: () => void;
  readonly timers: Timers;
  readonly log: Log;
  readonly exit: (code: number) => void;
}

/**
 * Creates a function that shuts down gracefully: it accepts no more connections, lets requests in flight finish, ends the
 * streams, and exits when the last connection has closed, or after 7 s. A second call exits at once.
 */
export function createShutdown(dependencies: ShutdownDependencies): (code: number) => void {
  const { servers, drain, timers, log, exit } = dependencies;
  let isStopping = false;
  return (code) => {
    if (isStopping) return exit(code);
    isStopping = true;
    const open = new Set(servers());
    timers.after(MAX_DURATION_MS, () => {
      log.warn('Cutting connections that did not end in time.');
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
