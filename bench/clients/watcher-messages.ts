/** What one tick looked like to all watchers together, in the client's monotonic milliseconds. */
export interface Burst {
  /** The first byte at the first watcher. */
  firstMs: number;
  /** The last byte at the last watcher. */
  lastMs: number;
}

/** What is to be posted again and again. */
export interface Publication {
  readonly path: string;
  readonly body: string;
  readonly intervalMs: number;
}

/** What the watchers are told. Each order is answered with a report. */
export type WatchOrder =
  | {
      readonly do: 'open';
      readonly port: number;
      readonly path: string;
      readonly count: number;
      /** Further request headers, each with its line end. */
      readonly headers?: string;
      readonly publish?: Publication;
    }
  | { readonly do: 'begin' }
  | { readonly do: 'report' };

/** What has come since the last `begin`. */
export interface WatchReport {
  readonly bursts: readonly Burst[];
  readonly events: number;
  readonly bytes: number;
  readonly open: number;
}
