// The service's answers and events, as far as the dashboard reads them. Times are in Unix seconds.

/** What a site sends about a visitor: a flat object, of which `name` and `avatar` have a meaning. */
export type Info = Readonly<Record<string, string | number | boolean | null>>;

/** The status of a visitor who is online. */
export type OnlineStatus = 'active' | 'idle';

/** A visitor in `snapshot` and `change` events. */
export interface OnlineVisitor {
  readonly uid: string;
  readonly status: OnlineStatus;
  readonly info?: Info;
}

/** An event of `/sse/totals`. */
export interface Totals {
  readonly ts: number;
  readonly online_total: number;
  readonly active_total: number;
  readonly idle_total: number;
}

/** A `snapshot` event of `/sse/changes`. */
export interface Snapshot extends Totals {
  readonly visitors: readonly OnlineVisitor[];
}

/** A `change` event of `/sse/changes`. Empty lists are left out. */
export interface Change extends Totals {
  readonly joined?: readonly OnlineVisitor[];
  readonly left?: readonly string[];
  readonly active?: readonly string[];
  readonly idle?: readonly string[];
  readonly updated?: readonly { readonly uid: string; readonly info: Info }[];
}

/** The answer of `/v1/visitors/:uid`. */
export interface Visitor {
  readonly uid: string;
  readonly status: OnlineStatus | 'offline';
  readonly last_seen: number | null;
  readonly last_activity: number | null;
  readonly idle_at: number | null;
  readonly offline_at: number | null;
  readonly sessions: number;
  readonly rooms: readonly string[];
  readonly info: Info | null;
}

/** The answer of `/v1/visitors?uids=`. */
export interface Visitors {
  readonly visitors: readonly Visitor[];
}

/** The answer of `/v1/history`. */
export interface History {
  /** Seconds between two samples. */
  readonly interval: number;
  readonly complete_from: number;
  readonly ts: readonly number[];
  readonly online_total: readonly number[];
  readonly active_total: readonly number[];
}

/** The answer of `/v1/rooms`. */
export interface Rooms {
  readonly rooms: readonly { readonly room: string; readonly online_total: number }[];
}
