/** One tick as all watchers together receive it, in milliseconds on the client's monotonic clock. */
export interface Burst {
  /** When the first byte arrived at the first watcher. */
  firstMs: number;
  /** When the last byte arrived at the last watcher. */
  lastMs: number;
}

/** An event to publish again and again. */
export interface Publication {
  readonly path: string;
  readonly event: object;
  readonly intervalMs: number;
}

/** A request to the watcher process. Each is answered with a report. */
export type WatcherRequest =
  | {
      readonly type: 'open';
      readonly port: number;
      readonly path: string;
      readonly count: number;
      /** Further request headers, each with its line end. */
      readonly headers?: string;
      readonly publish?: Publication;
    }
  /** Sets the counters to zero. */
  | { readonly type: 'reset' }
  | { readonly type: 'report' };

/** What arrived since the last `reset`. */
export interface WatcherReport {
  readonly bursts: readonly Burst[];
  readonly events: number;
  readonly bytes: number;
  /** Streams that are open now. */
  readonly openStreams: number;
}
