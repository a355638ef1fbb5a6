import type { ChangeEvent, SnapshotEvent, StreamEvent, TotalsEvent } from '../../protocol/messages.js';

/** How current the page is. Paused: closed on purpose. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'stale' | 'paused';

/** Called by a `Connection`. */
export interface ConnectionHandlers {
  readonly onSnapshot: (snapshot: SnapshotEvent) => void;
  readonly onChange: (change: ChangeEvent) => void;
  /** A stream of totals has sent them. */
  readonly onTotals: (totals: TotalsEvent) => void;
  /** @param sinceMs the time of the last event, by this machine's clock; undefined before the first */
  readonly onState: (state: ConnectionState, sinceMs: number | undefined) => void;
  /** A stream was answered with an error, perhaps because the viewer has to sign in. */
  readonly onRefused: () => void;
  /** The page has closed a stream, whose place on the service should be free at once. */
  readonly onClosed: (streamId: string) => void;
}

const STALE_MS = 10_000;
const CHECK_MS = 1000;
const MIN_RETRY_MS = 2000;
const MAX_RETRY_MS = 30_000;

/**
 * The page's only stream: over HTTP/1.1 a browser opens six connections to a service, for all its tabs together. It is
 * silent while nothing changes, so answers to other requests have to `confirm` that the service is reached.
 */
export class Connection {
  readonly #handlers: ConnectionHandlers;
  #url = '';
  #source: EventSource | undefined;
  /** The latest. Undefined until the first event. */
  #streamId: string | undefined;
  #state: ConnectionState = 'connecting';
  #lastEventMs: number | undefined;
  /** When the stream last received something or was confirmed, failed, or was opened. */
  #lastNetworkMs = Date.now();
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(handlers: ConnectionHandlers) {
    this.#handlers = handlers;
    setInterval(() => this.#check(), CHECK_MS);
  }

  /** Whether there is a stream, or will be when the service can be reached again. */
  get isOpen(): boolean {
    return this.#source !== undefined || this.#retry !== undefined;
  }

  /** Opens this stream in place of any other. */
  open(url: string): void {
    this.#url = url;
    this.reopen();
  }

  /** Opens the same stream anew, from a snapshot, without a Last-Event-ID. */
  reopen(): void {
    this.#closeSource();
    if (this.#state === 'paused') this.#setState('connecting');
    this.#lastNetworkMs = Date.now();
    this.#source = this.#createSource();
  }

  /** Closes the stream until `open`. */
  close(): void {
    this.#closeSource();
    this.#setState('paused');
  }

  /** Says that the service has just answered another request. No effect while the stream is not open. */
  confirm(): void {
    if (this.#state === 'live' && this.#source?.readyState === EventSource.OPEN) this.#markReceived();
  }

  #createSource(): EventSource {
    const source = new EventSource(this.#url);
    const on = <Data>(name: string, handle: (data: Data) => void) =>
      source.addEventListener(name, (event) => {
        this.#markReceived();
        handle(JSON.parse(event.data) as Data);
      });
    // The first event of each stream, also of one that resumes and has missed nothing. That the stream opens is no sign:
    // one that cannot be served now opens and ends.
    on<StreamEvent>('stream', ({ stream }) => {
      this.#streamId = stream;
    });
    on('snapshot', this.#handlers.onSnapshot);
    on('change', this.#handlers.onChange);
    on('message', this.#handlers.onTotals);
    // Keeps the id of the stream: Chromium cuts it, with an error, just before it hides a page that is left.
    source.addEventListener('error', () => {
      this.#lastNetworkMs = Date.now();
      this.#setState('reconnecting');
      // EventSource reconnects by itself, except after an answer other than 200.
      if (source.readyState !== EventSource.CLOSED) return;
      this.#reopenLater();
      this.#handlers.onRefused();
    });
    return source;
  }

  #closeSource(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#source?.close();
    this.#source = undefined;
    if (this.#streamId !== undefined) this.#handlers.onClosed(this.#streamId);
    this.#streamId = undefined;
  }

  #reopenLater(): void {
    this.#closeSource();
    const delayMs = Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** this.#failures++);
    // With jitter, so that the watchers of a service that was unreachable do not all reconnect at the same time.
    this.#retry = setTimeout(() => this.reopen(), delayMs * (0.5 + Math.random() / 2));
  }

  #markReceived(): void {
    this.#lastEventMs = this.#lastNetworkMs = Date.now();
    this.#failures = 0;
    this.#setState('live');
  }

  #check(): void {
    const nowMs = Date.now();
    if (this.#state === 'live' && nowMs - (this.#lastEventMs ?? 0) > STALE_MS) this.#setState('stale');
    // The browser takes minutes to notice a connection that died without being closed, as during sleep.
    if (this.#source !== undefined && nowMs - this.#lastNetworkMs > STALE_MS) this.#reopenLater();
  }

  #setState(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#handlers.onState(state, this.#lastEventMs);
  }
}
