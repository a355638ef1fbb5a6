import type { ChangeEvent, SnapshotEvent, TotalsEvent } from '../../protocol/messages.js';

/** How current the page is. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'stale';

/** Called by a `Connection`. */
export interface ConnectionHandlers {
  readonly onSnapshot: (snapshot: SnapshotEvent) => void;
  readonly onChange: (change: ChangeEvent) => void;
  readonly onTotals: (totals: TotalsEvent) => void;
  /** @param sinceMs the time of the last event, by this machine's clock */
  readonly onState: (state: ConnectionState, sinceMs: number) => void;
  /** The service has refused a stream, perhaps because the viewer has to sign in. */
  readonly onRefused: () => void;
}

const STALE_MS = 10_000;
const CHECK_MS = 1000;
const MIN_RETRY_MS = 2000;
const MAX_RETRY_MS = 30_000;

/**
 * The page's two streams: changes for the list, and totals. Totals arrive every two seconds and so show that the
 * connection works, even while nothing changes. The state is live only while both are open, as the list needs the changes.
 */
export class Connection {
  readonly #handlers: ConnectionHandlers;
  #sources: EventSource[] = [];
  #state: ConnectionState = 'connecting';
  #lastEventMs = Date.now();
  /** When a stream last received something, failed, or was opened. */
  #lastNetworkMs = Date.now();
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #openSources: () => void = () => {};

  constructor(handlers: ConnectionHandlers) {
    this.#handlers = handlers;
    setInterval(() => this.#check(), CHECK_MS);
  }

  /** Opens these streams in place of any others. */
  open(changesUrl: string, totalsUrl: string): void {
    const { onSnapshot, onChange, onTotals } = this.#handlers;
    this.#openSources = () => {
      this.#lastNetworkMs = Date.now();
      this.#sources = [
        this.#source(changesUrl, { snapshot: onSnapshot, change: onChange }),
        this.#source(totalsUrl, { message: onTotals }),
      ];
    };
    this.reopen();
  }

  /** Opens the same streams anew, from a snapshot, without a Last-Event-ID. */
  reopen(): void {
    this.close();
    this.#openSources();
  }

  /** Closes the streams. */
  close(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    for (const source of this.#sources) source.close();
    this.#sources = [];
  }

  #source(url: string, handlers: Readonly<Record<string, (data: never) => void>>): EventSource {
    const source = new EventSource(url);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => {
        this.#markReceived();
        handle(JSON.parse(event.data) as never);
      });
    }
    // A stream of changes that resumes may have no event to send, so opening counts as one.
    source.addEventListener('open', () => this.#markReceived());
    source.addEventListener('error', () => {
      this.#lastNetworkMs = Date.now();
      this.#setState('reconnecting');
      // EventSource reconnects by itself, except after an answer other than 200.
      if (source.readyState !== EventSource.CLOSED || this.#retry !== undefined) return;
      this.#reopenLater();
      this.#handlers.onRefused();
    });
    return source;
  }

  #reopenLater(): void {
    this.close();
    const delayMs = Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** this.#failures++);
    // With jitter, so that watchers that a busy service has refused do not all reconnect at the same time.
    this.#retry = setTimeout(() => this.reopen(), delayMs * (0.5 + Math.random() / 2));
  }

  #markReceived(): void {
    this.#lastEventMs = this.#lastNetworkMs = Date.now();
    if (!this.#sources.every(({ readyState }) => readyState === EventSource.OPEN)) return;
    this.#failures = 0;
    this.#setState('live');
  }

  #check(): void {
    const nowMs = Date.now();
    if (this.#state === 'live' && nowMs - this.#lastEventMs > STALE_MS) this.#setState('stale');
    // The browser takes minutes to notice a connection that died without being closed, as during sleep.
    if (this.#sources.length > 0 && nowMs - this.#lastNetworkMs > STALE_MS) this.#reopenLater();
  }

  #setState(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#handlers.onState(state, state === 'live' ? Date.now() : this.#lastEventMs);
  }
}
