import type { SetUpAnswer } from '../../protocol/messages.js';
import { drawArrivals } from './arrivals.js';
import { setUpCopy } from './copy.js';
import { byId, setText } from './dom.js';
import { refusesHeartbeats } from './heartbeat-access.js';
import { pageSnippet } from './page-snippets.js';
import { request, ServiceError, serviceUrl } from './service.js';
import { setUpVisitorButton } from './visitor-button.js';

const REFRESH_MS = 3000;

/** The panel for whoever sets up a site: the tag to paste, what has arrived from which pages, and what is wrong with it. */
export class SetUpPanel {
  readonly #panel = byId('set-up');
  readonly #button = byId('set-up-button');
  readonly #isWatched: () => boolean;
  /** Whether the viewer has opened, closed or used the panel, which then no longer opens and closes by itself. */
  #isViewers = false;
  #isLoading = false;

  /** @param isWatched whether the page is shown and the service reached */
  constructor(isWatched: () => boolean) {
    this.#isWatched = isWatched;
    setText(byId('snippet'), visitorTag(false));
    setUpCopy(byId<HTMLButtonElement>('copy'), byId('snippet'));
    setUpVisitorButton(byId('be-visitor'));
    for (const type of ['click', 'focusin']) {
      this.#panel.addEventListener(type, () => {
        this.#isViewers = true;
      });
    }
    this.#button.addEventListener('click', () => {
      this.#isViewers = true;
      this.#show(this.#panel.hidden === true);
    });
    setInterval(() => {
      if (!this.#panel.hidden && this.#isWatched()) void this.#refresh();
    }, REFRESH_MS);
  }

  /** Opens the panel by itself while the site has never had a visitor. */
  follow(isNewSite: boolean): void {
    document.body.classList.toggle('new-site', isNewSite);
    setText(byId('set-up-title'), isNewSite ? 'Nobody is here yet' : 'Set up');
    if (!this.#isViewers && isNewSite === this.#panel.hidden) this.#show(isNewSite);
  }

  #show(isShown: boolean): void {
    this.#panel.hidden = !isShown;
    this.#button.ariaExpanded = String(isShown);
    if (!isShown) return;
    void this.#refresh();
    void refusesHeartbeats('somebody').then((isRefused) => setText(byId('snippet'), visitorTag(isRefused)));
  }

  async #refresh(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      drawArrivals(await request<SetUpAnswer>(serviceUrl('/v1/setup')));
    } catch (error) {
      // Otherwise the header shows that the service cannot be reached.
      if (error instanceof ServiceError && error.code === 'token_wrong_room')
        setText(byId('arrived'), 'Your token is for some rooms. It does not show what pages send.');
    } finally {
      this.#isLoading = false;
    }
  }
}

function visitorTag(needsVisitorToken: boolean): string {
  return pageSnippet('visitor', { origin: location.origin, room: '', forbidden: [], needsVisitorToken });
}
