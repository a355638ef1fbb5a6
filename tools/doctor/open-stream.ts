import type { IncomingMessage } from 'node:http';
import { constants, createGunzip } from 'node:zlib';
import { createParser } from 'eventsource-parser';

export type Members = Readonly<Record<string, unknown>>;

export interface ReceivedEvent {
  readonly event: string | undefined;
  readonly id: string | undefined;
  /** The members of the JSON that it carries. */
  readonly data: Members;
  /** Since the request was sent. */
  readonly afterMs: number;
  /** By the clock of this computer, in Unix milliseconds. */
  readonly wallMs: number;
}

/** More would be no stream of this service, and is not kept. */
const MAX_EVENTS = 1000;

/** An event stream that is being read. */
export class OpenStream {
  readonly events: ReceivedEvent[] = [];
  readonly status: number;
  readonly isCompressed: boolean;
  readonly isEventStream: boolean;
  readonly #response: IncomingMessage;
  readonly #startMs: number;
  #wake: () => void = () => {};

  /** @param startMs when the request was sent, on the monotonic clock */
  constructor(response: IncomingMessage, startMs: number) {
    this.#response = response;
    this.#startMs = startMs;
    this.status = response.statusCode!;
    this.isCompressed = response.headers['content-encoding'] === 'gzip';
    this.isEventStream = response.headers['content-type']?.startsWith('text/event-stream') ?? false;
    const parser = createParser({ onEvent: ({ event, id, data }) => this.#keep(event, id, data) });
    // Events are shown as they arrive, not when the compressed stream is complete.
    const text = this.isCompressed ? response.pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })) : response;
    text.setEncoding('utf8').on('data', (part: string) => parser.feed(part));
    // A stream that is cut has no further events.
    for (const source of [response, text]) source.on('error', () => {});
    response.on('close', () => this.#wake());
  }

  /**
   * The first event that passes, of those that have come and those that come in time.
   *
   * @returns undefined when none comes in time, or when the stream ends
   */
  async find(passes: (event: ReceivedEvent) => boolean, waitMs: number): Promise<ReceivedEvent | undefined> {
    const deadlineMs = performance.now() + waitMs;
    for (;;) {
      const found = this.events.find(passes);
      const leftMs = deadlineMs - performance.now();
      if (found !== undefined || leftMs <= 0 || this.#response.destroyed) return found;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  get isOpen(): boolean {
    return !this.#response.destroyed;
  }

  close(): void {
    this.#response.destroy();
  }

  #keep(event: string | undefined, id: string | undefined, text: string): void {
    if (this.events.length >= MAX_EVENTS) return;
    const afterMs = performance.now() - this.#startMs;
    this.events.push({ event, id, data: membersOf(text), afterMs, wallMs: Date.now() });
    this.#wake();
  }
}

/** The members of a JSON object. Empty for anything else: between the doctor and the service there may be anybody. */
export function membersOf(text: string): Members {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Members) : {};
  } catch {
    return {};
  }
}
