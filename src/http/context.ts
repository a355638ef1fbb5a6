import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from '../auth/watch-access.js';
import type { ErrorCode } from '../protocol/errors.js';
import type { CorsDecision } from './cors.js';

/** One request, its response, and what the router has found out about it. */
export interface Context {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly cors: CorsDecision;
  /** The path without the query, still percent-encoded. */
  readonly path: string;
  /** The text after the question mark, still percent-encoded; `''` when there is none. */
  readonly query: string;
  /** What the client may see. Set by the watch guard only. */
  readonly access?: Access;
  /** The whole body of a heartbeat that could not be read as JSON. Set by the handler of heartbeats only. */
  readonly unreadableBody?: Buffer;
  /** Counts a rejected request. */
  readonly countRejection: (code: ErrorCode, context: Context) => void;
  /** Whether the service is shutting down, so that clients must not reuse their connections. */
  readonly isStopping: () => boolean;
}

/**
 * Answers one request, now or later. Expected errors are answered by the handler itself; the router catches what it throws
 * and answers 500.
 */
export type Handler = (context: Context) => void | Promise<void>;
