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
 * Looks up every visitor while that is needed, as streams carry neither times nor rooms. One batch after the other: first
 * those who were never looked up, then one batch a second, so that the cost for the service is bounded.
 */
export class DetailsLoader {
  readonly #options: DetailsLoaderOptions;
  #isLoading = false;

  constructor(options: DetailsLoaderOptions) {
    this.#options = options;
    setInterval(() => void this.load(), STEP_MS);
  }

  /** Whether there are too many visitors to look up each. */
  get isTooMany(): boolean {
    return this.#options.visitors.size > MAX_DETAILED;
  }

  /** Looks up those who are due, if it is needed. Does nothing while an earlier call goes on. */
  async load(): Promise<void> {
    if (this.#isLoading || this.isTooMany || !this.#options.isNeeded()) return;
    this.#isLoading = true;
    const beforeMs = performance.now() - MAX_AGE_MS;
    while ((await this.#loadBatch(beforeMs)) && this.#options.visitors.detailsAge.unknown > 0 && !this.isTooMany);
    this.#isLoading = false;
  }

  /** Looks up everybody who was not lately, needed or not. @returns whether the service answered */
  async loadAll(): Promise<boolean> {
    const beforeMs = performance.now() - MAX_AGE_MS;
    while (!this.isTooMany && this.#options.visitors.detailsAge.due(1, beforeMs).length > 0) {
      if (!(await this.#loadBatch(beforeMs))) return false;
    }
    return true;
  }

  /** @returns whether the service answered */
  async #loadBatch(beforeMs: number): Promise<boolean> {
    const { visitors, onLoaded } = this.#options;
    const due = visitors.detailsAge.due(BATCH, beforeMs);
    if (due.length === 0) return true;
    try {
      visitors.setDetails(await fetchDetails(due), performance.now());
    } catch {
      // The connection's state in the header shows that the service cannot be reached.
      return false;
    }
    onLoaded();
    return true;
  }
}
