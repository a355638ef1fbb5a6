import { EventEmitter, once } from 'node:events';
import type { LogConnection, LogEntry, OpenLog } from '../../src/replication/log/shared-log.js';

/** A log in memory, on the clock that it is given. */
export class MemoryLog {
  readonly entries: LogEntry[] = [];
  /** The next entry is added when this resolves. */
  gate: Promise<unknown> = Promise.resolve();
  readonly #timeMs: () => number;
  readonly #changes = new EventEmitter();
  #isBroken = false;

  constructor(timeMs: () => number) {
    this.#timeMs = timeMs;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  set isBroken(isBroken: boolean) {
    this.#isBroken = isBroken;
    this.#changes.emit('change');
  }

  readonly open: OpenLog = async () => {
    if (this.isBroken) throw new Error('broken by a test');
    let isClosed = false;
    const session: LogConnection = {
      append: async (fields) => {
        if (this.isBroken) throw new Error('broken by a test');
        await this.gate;
        if (isClosed) throw new Error('closed before the entry was added');
        this.entries.push({ id: `${this.#timeMs()}-${this.entries.length}`, fields });
        this.#changes.emit('change');
      },
      read: async (afterId, waitMs) => {
        const newer = () => this.entries.slice(this.entries.findIndex(({ id }) => id === afterId) + 1);
        // As Redis does, it waits for an entry, or for the end of the connection.
        if (waitMs > 0 && newer().length === 0 && !this.isBroken && !isClosed) await once(this.#changes, 'change');
        if (this.isBroken) throw new Error('broken by a test');
        return newer();
      },
      newestId: async () => this.entries.at(-1)?.id ?? '0-0',
      timeMs: async () => this.#timeMs(),
      serverId: async () => 'one',
      close: () => {
        isClosed = true;
        this.#changes.emit('change');
      },
    };
    return session;
  };
}
