import type { HitRequest, LeaveRequest, View, ViewRequest } from '../../protocol/messages.js';
import type { GetToken } from './api.js';

/** The service's answer to a heartbeat or leave. */
export interface Answer {
  readonly status: number;
  /** The error's message; empty when there is none. */
  readonly message: string;
  readonly retryAfterSeconds: number | undefined;
  /** How often the service asks for heartbeats. */
  readonly intervalSeconds: number | undefined;
  /** What the page shows of presence, where the heartbeat asked for it. */
  readonly view?: View | undefined;
}

/** What the heartbeats need from the page. */
export interface Ports {
  /** Posts a body. Rejects when no answer arrives. */
  post(path: string, body: HitRequest | LeaveRequest): Promise<Answer>;
  /** Posts a body from a page that may be unloaded before the answer arrives. Rejects when that fails. */
  postLast(path: string, body: LeaveRequest): Promise<unknown>;
  /** Sends a body from such a page where `postLast` fails. */
  beacon(path: string, body: LeaveRequest): void;
  readonly getToken: GetToken | undefined;
  /** The elements of the page, if it has any. */
  asker(): ViewAsker | undefined;
  /** Calls `wake` once after the delay. Replaces the pending call, if any. */
  schedule(delayMs: number): void;
  /** Seconds since the last input on the page. */
  idleSeconds(): number;
  /** A random number from 0 to 1. */
  random(): number;
  /** The wall clock of the machine, in Unix milliseconds. */
  nowMs(): number;
  /** Whether the browser has a network connection. */
  isOnline(): boolean;
  /** Whether the browser has loaded the page ahead of time and the visitor has not opened it yet. */
  isPrerendering(): boolean;
  warn(message: string): void;
}

/** What the elements of a page do with its heartbeats. */
export interface ViewAsker {
  /** What to ask for with the heartbeat that is sent now, which is in this room. Undefined when nothing is due. */
  next(room: string | undefined): ViewRequest | undefined;
  /** The answer to what `next` returned last. Undefined when the service has refused the heartbeat because of it. */
  receive(view: View | undefined): void;
}

/** What a page's heartbeats do for the elements. */
export interface ViewCarrier {
  /** Sends a heartbeat now, or after the one in flight. Does nothing while the service's rate limit applies. */
  beat(): void;
  /** Whether heartbeats are sent. False once the service has refused them. */
  isRunning(): boolean;
  /** The time between heartbeats, in milliseconds. */
  intervalMs(): number;
  /** The room of the heartbeats. */
  room(): string | undefined;
}

/** Where the visitor script and the elements of a page find each other, whichever is loaded first. */
export interface SharedView {
  asker?: ViewAsker | undefined;
  carrier?: ViewCarrier | undefined;
}
