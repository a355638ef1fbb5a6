/** What a visitor is right now. Both windows are inclusive: exactly 60 s after the last hit is still online. */
export type Status = 'active' | 'idle' | 'offline';

/** Why a hit was not taken. Nothing changed when it was not. */
export type Refusal = 'too_many_visitors' | 'too_many_rooms';

/** How many are online: `online` is always `active + idle`. */
export interface Totals {
  readonly online: number;
  readonly active: number;
  readonly idle: number;
}

/** Who is online, each list sorted by UTF-16 code unit. */
export interface Lists {
  readonly active: readonly string[];
  readonly idle: readonly string[];
}

/** A visitor as a list shows one. `info` is JSON text. */
export interface Member {
  readonly uid: string;
  readonly status: 'active' | 'idle';
  readonly info: string | undefined;
}

/** What is different in one place since the last flush. A visitor is in at most one of joined, left, active and idle. */
export interface Diff {
  /** The room's name; `undefined` for the whole site. */
  readonly room: string | undefined;
  readonly totals: Totals;
  readonly joined: readonly Member[];
  readonly left: readonly string[];
  readonly active: readonly string[];
  readonly idle: readonly string[];
  /** Visitors who were there before and have new info. */
  readonly updated: readonly { readonly uid: string; readonly info: string | undefined }[];
}

/** All that is known of one visitor. Times in milliseconds of the same clock as `nowMs`. */
export interface VisitorView {
  readonly status: Status;
  readonly lastSeenMs: number;
  readonly lastActivityMs: number;
  /** The first moment the visitor counts as idle, unless heard of before. */
  readonly idleAtMs: number;
  /** The first moment the visitor counts as offline, unless heard of before. */
  readonly offlineAtMs: number;
  /** How many pages are open. */
  readonly sessions: number;
  /** Names of the rooms the visitor is in, sorted. */
  readonly rooms: readonly string[];
  readonly info: string | undefined;
}
