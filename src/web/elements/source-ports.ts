import type { View, ViewRequest } from '../../protocol/messages.js';
import type { ViewCarrier } from '../client/ports.js';

/** The answer to `GET /v1/view`. */
export interface ViewAnswer {
  readonly status: number;
  readonly view: View | undefined;
  /** The error's message; empty when there is none. */
  readonly message: string;
  readonly retryAfterSeconds: number | undefined;
}

/** What the source needs from the page. */
export interface SourcePorts {
  /** Calls `wake` once after the delay. Replaces the pending call, if any. */
  schedule(delayMs: number): void;
  nowMs(): number;
  random(): number;
  isHidden(): boolean;
  /** The visitor script of the page. */
  carrier(): ViewCarrier | undefined;
  /** Whether the page has a visitor script that has not started yet. */
  isCarrierExpected(): boolean;
  /** Whether the page has a watch token, which heartbeats do not send. */
  hasToken(): boolean;
  /** Sends `GET /v1/view`. Rejects when no answer arrives. */
  fetchView(request: ViewRequest): Promise<ViewAnswer>;
  /** The page's own interval, if it has one. */
  intervalMs(): number | undefined;
  /** There may be something new to show. */
  onAnswer(request?: ViewRequest, view?: View): void;
  warn(message: string): void;
}
