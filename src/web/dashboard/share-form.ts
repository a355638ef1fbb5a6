import type { TokenAnswer, TokenRequest } from '../../protocol/messages.js';
import { setUpCopy } from './copy.js';
import { byId, setText } from './dom.js';
import { formatDay } from './format.js';
import { request, ServiceError } from './service.js';
import { type MadeLink, type SharedLink, sharedSnippet } from './shared-snippets.js';

const NOTES: Readonly<Record<SharedLink, string>> = {
  link: '',
  frame: 'Add the origin of the page to the setting FRAME_ANCESTORS.',
  stream: 'Add the origin of the page to the setting CORS_ALLOW_ORIGIN.',
};

/** The form that makes a link for others. */
export class ShareForm {
  readonly #room: () => string;
  readonly #view = byId<HTMLSelectElement>('share-view');
  readonly #place = byId<HTMLSelectElement>('share-place');
  readonly #seconds = byId<HTMLSelectElement>('share-seconds');
  readonly #as = byId<HTMLSelectElement>('share-as');
  #made: MadeLink | undefined;

  /** @param room the room that the dashboard shows; an empty text for the whole site */
  constructor(room: () => string) {
    this.#room = room;
    byId('share-form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#make();
    });
    // A link must not stand beside a choice that it does not have.
    for (const select of [this.#view, this.#place, this.#seconds])
      select.addEventListener('change', () => this.#show(undefined));
    this.#as.addEventListener('change', () => this.#draw());
    setUpCopy(byId<HTMLButtonElement>('share-copy'), byId('share-snippet'));
  }

  /** Offers the room that the dashboard shows. */
  followRoom(): void {
    const room = this.#room();
    const option = this.#place.options[1]!;
    option.hidden = option.disabled = room === '';
    if (option.value === room) return;
    // What was made or chosen is about the room before.
    if (option.selected) this.#show(undefined);
    option.value = room;
    setText(option, `The room ${room}`);
    this.#place.selectedIndex = room === '' ? 0 : this.#place.selectedIndex;
  }

  async #make(): Promise<void> {
    const isNumbers = this.#view.value === 'totals';
    const body: TokenRequest = {
      expires_in: Number(this.#seconds.value),
      ...(this.#place.selectedIndex > 0 && { rooms: [this.#place.value] }),
      ...(isNumbers && { view: 'totals' }),
    };
    try {
      const made = await request<TokenAnswer>('/v1/tokens', { method: 'POST', body: JSON.stringify(body) });
      this.#show({ url: made.url, expiresAt: made.expires_at, isNumbers });
    } catch (error) {
      this.#show(undefined);
      const isOthers = error instanceof ServiceError && (error.status === 401 || error.status === 403);
      const message = error instanceof Error ? error.message : String(error);
      setText(byId('share-note'), isOthers ? 'To make links, sign in with the WATCH_SECRET itself.' : message);
    }
  }

  #show(made: MadeLink | undefined): void {
    this.#made = made;
    this.#draw();
  }

  #draw(): void {
    const made = this.#made;
    byId('share-made').hidden = made === undefined;
    setText(byId('share-note'), '');
    if (made === undefined) return;
    const as = this.#as.value as SharedLink;
    setText(byId('share-snippet'), sharedSnippet(as, made));
    const until = `Whoever has it sees this until ${formatDay(made.expiresAt)}. A new WATCH_SECRET ends it sooner, with all others.`;
    setText(byId('share-note'), `${until} ${NOTES[as]}`.trim());
  }
}
