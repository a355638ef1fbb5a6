/** What a visitor is right now. Both windows are inclusive: exactly 60 s after the last hit is still online. */
export type Status = 'active' | 'idle' | 'offline';

/** The rules presence is kept by. All durations in milliseconds. */
export interface PresenceSettings {
  /** A visitor is online while `now - lastSeen <= onlineWindowMs`. */
  readonly onlineWindowMs: number;
  /** An online visitor is active while `now - lastActivity <= activeWindowMs`, else idle. */
  readonly activeWindowMs: number;
  /** How long a leave waits for a hit that takes it back. 0 makes a leave final at once. */
  readonly leaveSettleMs: number;
  /** The most visitors online at once, and the most room memberships at once. */
  readonly maxVisitors: number;
  /** The most rooms with somebody in them. */
  readonly maxRooms: number;
  /** The most open pages kept per visitor; the stalest gives way. */
  readonly maxSessions: number;
}

/** One heartbeat: this visitor is here. */
export interface Hit {
  readonly uid: string;
  /** When the person last touched the page, in milliseconds of the same clock as `nowMs`. A future value counts as now. */
  readonly activityMs: number;
  /** The room the hit counts in, beside the whole site. */
  readonly room?: string | undefined;
  /** The open page that sent it. Hits without one share a single nameless session. */
  readonly session?: string | undefined;
  /** The visitor's new info as canonical JSON text of a flat object; absent leaves it as it was. `'{}'` clears it. */
  readonly info?: string | undefined;
}

/** One goodbye. Without `room`, it is for the whole site; without `session`, for every page of the visitor. */
export interface Leave {
  readonly uid: string;
  readonly room?: string | undefined;
  readonly session?: string | undefined;
}

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
export interface ChangeSet {
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
