import { setText } from './dom.js';
import { formatAgo } from './format.js';
import { isolate } from './isolate.js';
import { fetchDetails } from './visitor-details.js';

/** How long nobody types before a visitor is looked up. */
const PAUSE_MS = 300;

/** Says in one line when the visitor who is searched for was last here, if nobody who is online fits. */
export class GoneVisitor {
  readonly #line: HTMLElement;
  readonly #nowSeconds: () => number;
  #uid = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param nowSeconds the current time in Unix seconds, by the server's clock */
  constructor(line: HTMLElement, nowSeconds: () => number) {
    this.#line = line;
    this.#nowSeconds = nowSeconds;
  }

  /** @param uid what was typed; an empty text shows nothing */
  show(uid: string): void {
    if (uid === this.#uid) return;
    this.#uid = uid;
    setText(this.#line, '');
    clearTimeout(this.#timer);
    if (uid !== '') this.#timer = setTimeout(() => void this.#lookUp(uid), PAUSE_MS);
  }

  async #lookUp(uid: string): Promise<void> {
    try {
      const [visitor] = await fetchDetails([uid]);
      if (uid !== this.#uid || visitor?.status !== 'offline' || visitor.last_seen === null) return;
      setText(this.#line, `${isolate(uid)} was last seen ${formatAgo(this.#nowSeconds() - visitor.last_seen)}.`);
    } catch {
      // What was typed may be no uid, and the header shows when the service cannot be reached.
    }
  }
}
