import type { Log } from '../runtime/log.js';

/** What of `process` is needed here. */
type Process = Pick<NodeJS.Process, 'on' | 'listeners' | 'removeListener'>;

const EVENTS = ['SIGTERM', 'SIGINT', 'uncaughtException', 'unhandledRejection'] as const;

/**
 * Leads signals and uncaught errors to `shutdown`. The framework has listeners of its own for them, set when its server
 * listens, which exit at once, with every stream cut and every log line lost.
 *
 * @returns what removes all listeners that others have set since; to be called when the framework has set its own
 */
export function handleProcessEvents(process: Process, log: Log, shutdown: (code: number) => void): () => void {
  const before = new Map(EVENTS.map((event) => [event, new Set<unknown>(process.listeners(event as NodeJS.Signals))]));
  const onSignal = (signal: NodeJS.Signals) => {
    log.info('Asked to stop; ending streams and finishing requests.', { signal });
    shutdown(0);
  };
  const onError = (error: unknown) => {
    log.critical('Something failed where nothing caught it; stopping.', {
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
