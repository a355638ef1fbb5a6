import type { Status } from './types.js';

/** Not here. The lowest of the codes, so that a fresh column of the table reads offline. */
export const OFFLINE = 0;
/** Here, without activity within the active window. */
export const IDLE = 1;
/** Here, with activity within the active window. */
export const ACTIVE = 2;
/** A status as one byte of the table. */
export type StatusCode = typeof OFFLINE | typeof IDLE | typeof ACTIVE;

const STATUS_NAMES: readonly [Status, Status, Status] = ['offline', 'idle', 'active'];

/** The public name of a status code. */
export const statusName = (code: StatusCode): Status => STATUS_NAMES[code];
