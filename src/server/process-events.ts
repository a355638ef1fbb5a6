import type { Log } from '../runtime/log.js';

/** The part of `process` that is used here. */
type Process = Pick<NodeJS.Process, 'on' | 'listeners' | 'removeListener'>;

const EVENTS = ['SIGTERM', 'SIGINT', 'uncaughtException', 'unhandledRejection'] as const;

/**
 * Calls `shutdown` on signals and uncaught errors. The framework adds its own listeners for them when its server listens.
 * Those exit at once, cut every stream and lose log lines.
 *
 * @returns a function that removes all listeners that others have added since; call it once the framework has added its own
 */
export function handleProcessEvents(process: Process, log: Log, shutdown: (code: number) => void): () => void {
  const before = new Map(EVENTS.map((event) => [event, new Set<unknown>(process.listeners(event as NodeJS.Signals))]));
  const onSignal = (signal: NodeJS.Signals) => {
    log.info('Stopping: ending streams and finishing requests.', { signal });
    shutdown(0);
  };
  const onError = (error: unknown) => {
    log.critical('Stopping because of an uncaught error.', {
      error: error instanceof Error ? error : new Error(String(error)),
    });
    shutdown(1);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  process.on('uncaughtException', onError).on('unhandledRejection', onError);
  const ours = new Set<unknown>([onSignal, onError]);
  return () => {
    for (const event of EVENTS) {
      for (const listener of process.listeners(event as NodeJS.Signals)) {
        if (!ours.has(listener) && !before.get(event)?.has(listener)) process.removeListener(event, listener);
      }
    }
  };
}
