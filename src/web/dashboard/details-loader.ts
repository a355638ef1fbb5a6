import type { OnlineVisitors } from './online-visitors.js';
import { fetchDetails } from './visitor-details.js';

const STEP_MS = 1000;
/** As many as one request takes. */
const BATCH = 100;
/** With more visitors, details are looked up of those in view only. */
export const MAX_DETAILED = 20_000;
/** How old the details of visitors out of view may get, while there are few visitors. */
const MAX_AGE_MS = 15_000;

/** What a `DetailsLoader` depends on. */
export interface DetailsLoaderOptions {
  readonly visitors: OnlineVisitors;
  /** Whether somebody looks at what needs the details of every visitor. */
  readonly isNeeded: () => boolean;
  readonly onLoaded: () => void;
}

/**
 * Looks up every visitor while that is needed, as streams carry neither times nor rooms. One request at a time: first
 * those who were never looked up, then one batch a second, so that the cost for the service is bounded.
 */
export class DetailsLoader {
  readonly #options: DetailsLoaderOptions;
  #running: Promise<void> | undefined;

  constructor(options: DetailsLoaderOptions) {
    this.#options = options;
    setInterval(() => void this.load(), STEP_MS);
  }

  /** Whether there are too many visitors to look up each. */
  get isTooMany(): boolean {
    return this.#options.visitors.size > MAX_DETAILED;
  }

  /** Looks up those who are due, if it is needed. Resolves when every visitor was looked up, or the service failed. */
  load(): Promise<void> {
    if (!this.#options.isNeeded()) return Promise.resolve();
    return this.loadAll();
  }

  /** The same, needed or not. */
  async loadAll(): Promise<void> {
    if (this.isTooMany) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #run(): Promise<void> {
    const { visitors, onLoaded } = this.#options;
    do {
      const due = visitors.detailsAge.due(BATCH, performance.now() - MAX_AGE_MS);
      if (due.length === 0) return;
      try {
        visitors.setDetails(await fetchDetails(due), performance.now());
      } catch {
        // The connection's state in the header shows that the service cannot be reached.
        return;
      }
      onLoaded();
    } while (visitors.detailsAge.unknown > 0 && !this.isTooMany);
  }
}
