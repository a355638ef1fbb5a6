/** One entry of the log that instances share. */
export interface LogEntry {
  /** The position in the log: later entries are greater by `compareIds`. */
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A connection to the log. When it breaks, every method but `close` rejects. */
export interface LogConnection {
  /**
   * Adds an entry, and removes those that were added before `trimBeforeMs`, in milliseconds of the log's clock.
   *
   * @returns the position of the entry
   */
  append(fields: Readonly<Record<string, string>>, trimBeforeMs: number): Promise<string>;
  /**
   * The entries after a position, oldest first; the first ones when there are many. When there are none, it waits for one
   * for up to `waitMs`.
   */
  read(afterId: string, waitMs: number): Promise<readonly LogEntry[]>;
  /** Whether the log has the entry at a position. */
  has(id: string): Promise<boolean>;
  /** The log's clock in milliseconds. It is the common clock of all instances. */
  timeMs(): Promise<number>;
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
