/** One entry of the log that instances share. */
export interface LogEntry {
  /** Where it stands; later entries have greater ones by `compareIds`. */
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A connection to the log. Every method rejects once it is broken; then only `close` makes sense. */
export interface LogSession {
  /** Adds an entry, and lets go of those that were added before `trimBeforeMs`, in milliseconds of the log's clock. */
  append(fields: Readonly<Record<string, string>>, trimBeforeMs: number): Promise<void>;
  /**
   * The entries after a place, oldest first, not all at once when they are many. Waits for one for up to `waitMs` when
   * there is none.
   */
  read(afterId: string, waitMs: number): Promise<readonly LogEntry[]>;
  /** The last entry's place, `FIRST_ID` when there is none. */
  newestId(): Promise<string>;
  /** Milliseconds of the log's clock, which is the one that everybody goes by. */
  timeMs(): Promise<number>;
  /** Differs when the log's server has been started anew, and may have lost what it had. */
  serverId(): Promise<string>;
  close(): void;
}

/** Connects, or rejects with the reason. */
export type OpenLog = () => Promise<LogSession>;

/** The place before every entry. */
export const FIRST_ID = '0-0';

/** Less than zero when the first place comes first. Places are `milliseconds-number`, as of Redis. */
export function compareIds(a: string, b: string): number {
  const [aMs = 0, aNumber = 0] = a.split('-').map(Number);
  const [bMs = 0, bNumber = 0] = b.split('-').map(Number);
  return aMs - bMs || aNumber - bNumber;
}

/** When an entry was added, in milliseconds of the log's clock. */
export const addedMs = (id: string): number => Number(id.split('-')[0]);
