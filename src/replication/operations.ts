import type { PresenceSettings } from '../config/settings.js';
import type { Hit, Leave } from '../protocol/heartbeat.js';

/** When and where an operation happened. `atMs`, `origin` and `number` together put all operations in one order. */
interface Stamp {
  /** In milliseconds of the clock of the instance that holds the operation. */
  readonly atMs: number;
  /** The instance that took it. */
  readonly origin: string;
  /** Increases with every operation of the instance. */
  readonly number: number;
}

/** A heartbeat, as instances publish it. */
export interface HitOperation extends Hit, Stamp {
  readonly kind: 'hit';
  /** When the visitor came online, as far as the origin knew. */
  readonly onlineSinceMs: number;
  /** Undefined when the heartbeat alone says everything. */
  readonly carried: CarriedState | undefined;
}

/** What the origin knew from earlier heartbeats, for instances that have not received those. */
export interface CarriedState {
  /** The last activity in any page of the site, and in any page of the heartbeat's room. */
  readonly siteActivityMs: number;
  readonly roomActivityMs: number;
  /** Canonical JSON text; undefined when there is none, or when the heartbeat has its own. */
  readonly info: string | undefined;
  /** When the info was given. */
  readonly infoAtMs: number;
  /** When a heartbeat last made the visitor invisible; undefined when it is not, or when the heartbeat says so itself. */
  readonly invisibleAtMs: number | undefined;
}

/** A leave, as instances publish it. */
export interface LeaveOperation extends Leave, Stamp {
  readonly kind: 'leave';
}

/** The order to forget a visitor, as instances publish it. */
export interface EraseOperation extends Stamp {
  readonly kind: 'erase';
  readonly uid: string;
}

/** What instances publish and receive. */
export type Operation = HitOperation | LeaveOperation | EraseOperation;

/** Less than zero when `a` comes first. Zero only for the same operation. */
export function compareOperations(a: Operation, b: Operation): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  if (a.origin !== b.origin) return a.origin < b.origin ? -1 : 1;
  return a.number - b.number;
}

/** How old an operation may be, in milliseconds. The effect of an older one is over: its visitor would be offline again. */
export const horizonMs = ({ onlineWindowMs, leaveSettleMs }: PresenceSettings): number =>
  onlineWindowMs + leaveSettleMs + 1000;
