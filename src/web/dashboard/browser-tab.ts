import { faviconOf } from './favicon.js';
import { formatCount } from './format.js';

/** Browsers draw tabs again at each change, for all windows. */
const MIN_INTERVAL_MS = 1000;
/** Streams are renewed within a second or two. */
const MAX_OUTAGE_MS = 10_000;

/** The title and the icon of the browser's tab, which show the number online while it is known. */
export class BrowserTab {
  readonly #siteName = document.title;
  readonly #icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')!;
  #online: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #forgetting: ReturnType<typeof setTimeout> | undefined;

  /** Shows the number online; undefined when it is not known. At most once per second. */
  show(online: number | undefined): void {
    clearTimeout(this.#forgetting);
    this.#forgetting = undefined;
    if (online === this.#online) return;
    this.#online = online;
    if (this.#timer !== undefined) return;
    this.#draw();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, MIN_INTERVAL_MS);
  }

  /** Shows no number any more, unless there is a newer one within ten seconds. */
  forgetSoon(): void {
    this.#forgetting ??= setTimeout(() => this.show(undefined), MAX_OUTAGE_MS);
  }

  #draw(): void {
    const online = this.#online;
    const title = online === undefined ? this.#siteName : `${formatCount(online)} online · ${this.#siteName}`;
    if (document.title !== title) document.title = title;
    const href = faviconOf(online);
    if (this.#icon.href !== href) this.#icon.href = href;
  }
}
