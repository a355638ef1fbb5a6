/** One entry of the log that instances share. */
export interface LogEntry {
  /** The position in the log: later entries are greater by `compareIds`. */
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A connection to the log. When it breaks, every method but `close` rejects. */
export interface LogConnection {
  /** Adds an entry, and removes those that were added before `trimBeforeMs`, in milliseconds of the log's clock. */
  append(fields: Readonly<Record<string, string>>, trimBeforeMs: number): Promise<void>;
  /**
   * The entries after a position, oldest first; the first ones when there are many. When there are none, it waits for one
   * for up to `waitMs`.
   */
  read(afterId: string, waitMs: number): Promise<readonly LogEntry[]>;
  /** The position of the last entry; `FIRST_ID` when there is none. */
  newestId(): Promise<string>;
  /** The log's clock in milliseconds. It is the common clock of all instances. */
  timeMs(): Promise<number>;
  /** Changes when the log's server is restarted, and may have lost entries. */
  serverId(): Promise<string>;
  close(): void;
}

/** Connects. Rejects with the reason when that fails. */
export type OpenLog = () => Promise<LogConnection>;

/** The position before all entries. */
export const FIRST_ID = '0-0';

/** Less than zero when position `a` comes first. Positions are `milliseconds-number`, as in Redis. */
export function compareIds(a: string, b: string): number {
  const [aMs = 0, aNumber = 0] = a.split('-').map(Number);
  const [bMs = 0, bNumber = 0] = b.split('-').map(Number);
  return aMs - bMs || aNumber - bNumber;
}

/** When an entry was added, in milliseconds of the log's clock. */
export const addedMs = (id: string): number => Number(id.split('-')[0]);
