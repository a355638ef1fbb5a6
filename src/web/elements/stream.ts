import type { ChangeEvent, SnapshotEvent, StreamEvent } from '../../protocol/messages.js';
import { createBackoff } from '../client/backoff.js';
import { beacon } from '../client/transport.js';

/** An EventSource reconnects within a second or two. What it showed stays for so long. */
const LOST_AFTER_MS = 10_000;
const MAX_RETRY_MS = 60_000;

/** Called by a `ChangeStream`. */
export interface StreamHandlers {
  onSnapshot(snapshot: SnapshotEvent): void;
  onChange(change: ChangeEvent): void;
  /** What the stream has sent is no longer up to date. */
  onLost(): void;
  /** The service does not let this page watch. The stream stays closed. */
  onRefused(): void;
}

/** One stream of changes, opened again for as long as it may be. */
export class ChangeStream {
  readonly #service: string;
  readonly #url: string;
  readonly #handlers: StreamHandlers;
  readonly #backoff = createBackoff(Math.random);
  #source: EventSource | undefined;
  #streamId: string | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #lost: ReturnType<typeof setTimeout> | undefined;

  /**
   * Opens the stream.
   *
   * @param service the service's address, with a slash at the end
   */
  constructor(service: string, url: string, handlers: StreamHandlers) {
    this.#service = service;
    this.#url = url;
    this.#handlers = handlers;
    this.reopen();
  }

  /** Opens the stream anew, from a snapshot. */
  reopen(): void {
    this.close();
    const source = new EventSource(this.#url);
    this.#source = source;
    const on = <Data>(name: string, handle: (data: Data) => void) =>
      source.addEventListener(name, (event) => {
        clearTimeout(this.#lost);
        this.#lost = undefined;
        this.#backoff.reset();
        handle(JSON.parse(event.data) as Data);
      });
    // The first event of each stream, also of one that resumes and has missed nothing.
    on<StreamEvent>('stream', ({ stream }) => {
      this.#streamId = stream;
    });
    on('snapshot', (snapshot: SnapshotEvent) => this.#handlers.onSnapshot(snapshot));
    on('change', (change: ChangeEvent) => this.#handlers.onChange(change));
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) void this.#recover();
      // What it resumes would be changes of a room that is no longer known, so that it is opened anew.
      else this.#lost ??= setTimeout(() => void this.#recover(), LOST_AFTER_MS);
    };
  }

  /** Ends the stream, and frees its place on the service at once. */
  close(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#lost);
    this.#lost = undefined;
    this.#source?.close();
    this.#source = undefined;
    if (this.#streamId !== undefined) beacon(`${this.#service}v1/unwatch`, { stream: this.#streamId });
    this.#streamId = undefined;
  }

  /** An EventSource gives up after any answer but 200, and does not say which one it was. */
  async #recover(): Promise<void> {
    this.close();
    this.#handlers.onLost();
    const delayMs = this.#backoff.fail(MAX_RETRY_MS);
    // Before the question, so that `close` ends this meanwhile.
    this.#retry = setTimeout(() => this.reopen(), delayMs);
    const retry = this.#retry;
    const answer = await fetch(this.#url, { method: 'HEAD', credentials: 'omit' }).catch(() => undefined);
    if (retry !== this.#retry || (answer?.status !== 401 && answer?.status !== 403)) return;
    clearTimeout(retry);
    this.#handlers.onRefused();
  }
}
