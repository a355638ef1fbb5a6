import type { LogConnection, LogEntry, OpenLog } from '../../src/replication/log/shared-log.js';

/** A log in memory, on the clock that it is given. */
export class MemoryLog {
  readonly entries: LogEntry[] = [];
  /** While true, opening, appending and reading fail. */
  isBroken = false;
  /** The next entry is added when this resolves. */
  gate: Promise<unknown> = Promise.resolve();
  readonly #timeMs: () => number;

  constructor(timeMs: () => number) {
    this.#timeMs = timeMs;
  }

  readonly open: OpenLog = async () => {
    if (this.isBroken) throw new Error('broken by a test');
    let isClosed = false;
    const connection: LogConnection = {
      append: async (fields) => {
        if (this.isBroken) throw new Error('broken by a test');
        await this.gate;
        if (isClosed) throw new Error('closed before the entry was added');
        this.entries.push({ id: `${this.#timeMs()}-${this.entries.length}`, fields });
      },
      read: async (afterId) => {
        if (this.isBroken) throw new Error('broken by a test');
        await new Promise((resolve) => setTimeout(resolve, 5));
        return this.entries.slice(this.entries.findIndex(({ id }) => id === afterId) + 1);
      },
      newestId: async () => this.entries.at(-1)?.id ?? '0-0',
      timeMs: async () => this.#timeMs(),
      serverId: async () => 'one',
      close: () => {
        isClosed = true;
      },
    };
    return connection;
  };
}
