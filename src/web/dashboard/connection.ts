import type { Change, Snapshot, Totals } from './state.js';

/** How well the page knows what is so. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'stale';

export interface ConnectionHandlers {
  onSnapshot(snapshot: Snapshot): void;
  onChange(change: Change): void;
  onTotals(totals: Totals): void;
  /** @param sinceMs since when it has been so, by this machine's clock */
  onState(state: ConnectionState, sinceMs: number): void;
  /** A stream was refused; asks whether to try again. */
  onRefused(): void;
}

const STALE_MS = 10_000;
const CHECK_MS = 1000;
const RETRY_MS = { least: 2000, most: 30_000 };

/**
 * The two streams of the page: changes for the list, and totals, which come every two seconds and so are the sign of life
 * that silent changes are not. Live only while both are open, as the counts alone do not make the list true.
 */
export class Connection {
  readonly #handlers: ConnectionHandlers;
  #sources: EventSource[] = [];
  #state: ConnectionState = 'connecting';
  #lastEventMs = Date.now();
  /** When the network last did anything, be it to fail; before that, when it was last asked to. */
  #lastSignMs = Date.now();
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #open: () => void = () => {};

  constructor(handlers: ConnectionHandlers) {
    this.#handlers = handlers;
    setInterval(() => this.#check(), CHECK_MS);
  }

  /** Watches these streams from now on, in place of any others. */
  open(changesUrl: string, totalsUrl: string): void {
    this.#open = () => {
      this.#lastSignMs = Date.now();
      const changes = this.#source(changesUrl);
      changes.addEventListener('snapshot', (event) =>
        this.#take(event, (data) => this.#handlers.onSnapshot(data as Snapshot)),
      );
      changes.addEventListener('change', (event) =>
        this.#take(event, (data) => this.#handlers.onChange(data as Change)),
      );
      const totals = this.#source(totalsUrl);
      totals.addEventListener('message', (event) =>
        this.#take(event, (data) => this.#handlers.onTotals(data as Totals)),
      );
      this.#sources = [changes, totals];
    };
    this.reopen();
  }

  /** Watches the same streams over new connections, without what the old ones missed being known. */
  reopen(): void {
    this.close();
    this.#open();
  }

  /** Stops watching. */
  close(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    for (const source of this.#sources) source.close();
    this.#sources = [];
  }

  #source(url: string): EventSource {
    const source = new EventSource(url);
    // Changes that resume where they were cut off may have nothing to tell, and no event comes; that it is open says it.
    source.addEventListener('open', () => this.#hear());
    source.addEventListener('error', () => {
      this.#lastSignMs = Date.now();
      this.#set('reconnecting');
      // An EventSource that was refused, rather than cut off, never tries again by itself.
      if (source.readyState !== EventSource.CLOSED || this.#retry !== undefined) return;
      this.#reopenLater();
      this.#handlers.onRefused();
    });
    return source;
  }

  #reopenLater(): void {
    this.close();
    const delayMs = Math.min(RETRY_MS.most, RETRY_MS.least * 2 ** this.#failures++);
    // Spread, so that the watchers that a busy service has refused do not all come back at once.
    this.#retry = setTimeout(() => this.reopen(), delayMs * (0.5 + Math.random() / 2));
  }

  #take(event: MessageEvent<string>, hand: (data: unknown) => void): void {
    this.#hear();
    hand(JSON.parse(event.data));
  }

  #hear(): void {
    this.#lastEventMs = this.#lastSignMs = Date.now();
    if (!this.#sources.every(({ readyState }) => readyState === EventSource.OPEN)) return;
    this.#failures = 0;
    this.#set('live');
  }

  #check(): void {
    const nowMs = Date.now();
    if (this.#state === 'live' && nowMs - this.#lastEventMs > STALE_MS) this.#set('stale');
    // A connection that died without a word, as in sleep, is not noticed by the browser for many minutes.
    if (this.#sources.length > 0 && nowMs - this.#lastSignMs > STALE_MS) this.#reopenLater();
  }

  #set(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#handlers.onState(state, state === 'live' ? Date.now() : this.#lastEventMs);
  }
}
