/** A flat object that dashboards show: `name` and `avatar`, and whatever else; at most 1 KiB of JSON. */
export type Info = Readonly<Record<string, string | number | boolean | null>>;

/** Who the visitor is, and where. */
export interface Visitor {
  readonly uid: string;
  readonly room?: string | undefined;
  readonly info?: Info | undefined;
  /** Proves the uid, where the service asks for it. */
  readonly token?: string | undefined;
}

/** What `start` needs to know. Only `uid` is required. */
export interface StartOptions extends Visitor {
  /** The service's address; that of this script when left out. */
  readonly service?: string | undefined;
  /** Time between heartbeats; 30 s when left out. */
  readonly intervalSeconds?: number | undefined;
}

/** What runs. */
export interface Handle {
  /** Goes on with other values; those left out stay as they are. A new token revives what the service had refused. */
  update(changes: Partial<Visitor>): void;
  /** Says goodbye and stops. */
  stop(): void;
}

/** Says that a visitor is here, until stopped or until the page goes. Never throws. */
export function start(options: StartOptions): Handle;
