import { EventEmitter, once } from 'node:events';
import { compareIds, type LogConnection, type LogEntry, type OpenLog } from '../../src/replication/log/shared-log.js';

/** A log in memory, on the clock that it is given. */
export class MemoryLog {
  readonly entries: LogEntry[] = [];
  /** How many connections were opened. */
  opened = 0;
  /** How many entries were added. */
  added = 0;
  cuts = 0;
  /** The next entry is added when this resolves. */
  gate: Promise<unknown> = Promise.resolve();
  readonly #timeMs: () => number;
  readonly #changes = new EventEmitter();
  #isBroken = false;
  #isCutting = false;

  constructor(timeMs: () => number) {
    this.#timeMs = timeMs;
  }

  /** Connections work until they wait for an entry, and then break. */
  get isCutting(): boolean {
    return this.#isCutting;
  }

  set isCutting(isCutting: boolean) {
    this.#isCutting = isCutting;
    this.#changes.emit('change');
  }

  /** Nothing works. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  set isBroken(isBroken: boolean) {
    this.#isBroken = isBroken;
    this.#changes.emit('change');
  }

  readonly open: OpenLog = async () => {
    if (this.isBroken) throw new Error('broken by a test');
    this.opened++;
    let isClosed = false;
    const session: LogConnection = {
      append: async (fields) => {
        if (this.isBroken) throw new Error('broken by a test');
        await this.gate;
        if (isClosed) throw new Error('closed before the entry was added');
        const id = `${this.#timeMs()}-${++this.added}`;
        this.entries.push({ id, fields });
        this.#changes.emit('change');
        return id;
      },
      read: async (afterId, waitMs) => {
        const cut = () => {
          if (this.isCutting && waitMs > 0) throw new Error(`cut by a test ${++this.cuts % 2}`);
        };
        cut();
        const newer = () => this.entries.filter(({ id }) => compareIds(id, afterId) > 0);
        // As Redis does, it waits for an entry, or for the end of the connection.
        if (waitMs > 0 && newer().length === 0 && !this.isBroken && !isClosed) await once(this.#changes, 'change');
        cut();
        if (this.isBroken) throw new Error('broken by a test');
        return newer();
      },
      has: async (id) => this.entries.some((entry) => entry.id === id),
      timeMs: async () => this.#timeMs(),
      close: () => {
        isClosed = true;
        this.#changes.emit('change');
      },
    };
    return session;
  };
}
