/**
 * What a visitor is at a moment. Both windows are inclusive: a visitor is still online exactly one online window after
 * the last heartbeat.
 */
export type Status = 'active' | 'idle' | 'offline';

/** Why a heartbeat is refused. A refused heartbeat changes nothing. */
export type Refusal = 'too_many_visitors' | 'too_many_rooms';

/** How many visitors are online: `online` is always `active + idle`. */
export interface Totals {
  readonly online: number;
  readonly active: number;
  readonly idle: number;
}

/** Who is online, by uid. Each list is sorted by UTF-16 code unit. */
export interface Lists {
  readonly active: readonly string[];
  readonly idle: readonly string[];
}

/** An online visitor as a list shows one. */
export interface Member {
  readonly uid: string;
  readonly status: 'active' | 'idle';
  /** JSON text of an object; undefined when the visitor has none. */
  readonly info: string | undefined;
}

/** A visitor who went offline. */
export interface Departure {
  readonly uid: string;
  /** On the site: from the first to the last heartbeat of the visit. Without meaning in a room. */
  readonly onlineMs: number;
}

/** What changed on the site or in a room since the last flush. A uid is in at most one of joined, left, active and idle. */
export interface Diff {
  /** The room's name; `undefined` for the whole site. */
  readonly room: string | undefined;
  /** The totals after the change. */
  readonly totals: Totals;
  readonly joined: readonly Member[];
  readonly left: readonly Departure[];
  /** Who turned active, and who turned idle. */
  readonly active: readonly string[];
  readonly idle: readonly string[];
  /** Who was online before and has new info. */
  readonly updated: readonly { readonly uid: string; readonly info: string | undefined }[];
}

/** One online visitor in detail. Times are milliseconds of the same clock as `nowMs`. */
export interface VisitorView {
  readonly status: Status;
  /** When the last heartbeat arrived. */
  readonly lastSeenMs: number;
  /** When the person last touched a page. */
  readonly lastActivityMs: number;
  /** When the visit began. */
  readonly onlineSinceMs: number;
  /** The first moment the visitor is idle, unless there is activity before. */
  readonly idleAtMs: number;
  /** The first moment the visitor is offline, unless a heartbeat arrives before. */
  readonly offlineAtMs: number;
  /** How many pages are open. */
  readonly sessions: number;
  /** Names of the rooms the visitor is in, sorted by UTF-16 code unit. */
  readonly rooms: readonly string[];
  /** JSON text of an object; undefined when the visitor has none. */
  readonly info: string | undefined;
}
