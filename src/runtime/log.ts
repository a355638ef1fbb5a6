import { type DestinationStream, type LevelWithSilentOrString, pino } from 'pino';
import { sourceStacks } from './source-stack.js';

/** What is logged. */
export interface LogSettings {
  readonly level: string;
  /** The Google Cloud project that traces belong to, if known. */
  readonly project: string | undefined;
}

/** The log that the operator reads: one JSON object per line. */
export interface Log {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
  /** For what ends the process. */
  critical(message: string, fields?: object): void;
}

/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#logseverity */
const SEVERITIES: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/** Of the bundle, this file's own folder. */
const toSource = sourceStacks(new URL('.', import.meta.url).href);

/**
 * A log in the form that Cloud Logging parses: `severity`, `message`, `time`, and an error's stack in `stack_trace`, where
 * Error Reporting looks for it.
 *
 * @param destination default: standard output, written synchronously, so that the last lines before an exit are not lost
 */
export function createLog(settings: LogSettings, destination?: DestinationStream): Log {
  const logger = pino(
    {
      level: settings.level as LevelWithSilentOrString,
      base: null,
      messageKey: 'message',
      errorKey: 'error',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ severity: SEVERITIES[label] }) },
      serializers: { error: (error: unknown) => (error instanceof Error ? error.message : String(error)) },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
  const fields = (given: object): object => {
    const error = (given as { error?: unknown }).error;
    return error instanceof Error ? { ...given, stack_trace: toSource(error.stack ?? '') } : given;
  };
  return {
    debug: (message, given = {}) => logger.debug(fields(given), message),
    info: (message, given = {}) => logger.info(fields(given), message),
    warn: (message, given = {}) => logger.warn(fields(given), message),
    error: (message, given = {}) => logger.error(fields(given), message),
    critical: (message, given = {}) => logger.fatal(fields(given), message),
  };
}

/**
 * The field that links a log line to its request in Cloud Logging, from the `traceparent` header (W3C Trace Context) or
 * Google's `X-Cloud-Trace-Context`. An empty object when the project or the trace is unknown or malformed.
 */
export function traceField(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  project: string | undefined,
): object {
  if (project === undefined) return {};
  const id =
    /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(String(headers.traceparent ?? ''))?.[1] ??
    /^([0-9a-f]{32})(?:\/|$)/i.exec(String(headers['x-cloud-trace-context'] ?? ''))?.[1];
  return id === undefined ? {} : { 'logging.googleapis.com/trace': `projects/${project}/traces/${id}` };
}
