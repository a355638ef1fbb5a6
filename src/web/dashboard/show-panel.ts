import type { View } from '../../protocol/messages.js';
import { setUpCopy } from './copy.js';
import { byId, setText } from './dom.js';
import { refusesHeartbeats } from './heartbeat-access.js';
import { needsToken, type PageSnippet, pageSnippet } from './page-snippets.js';
import { request } from './service.js';

const TOKEN_NOTE =
  'Without a token your service does not show this. Set PUBLIC_VIEW, or put a watch token for this room in place of A-WATCH-TOKEN: everybody who opens the page can read it.';
const NOTES: Readonly<Record<PageSnippet, string>> = {
  visitor: "Makes whoever opens the page a visitor. Put the id of whoever is logged in in place of THE-USER'S-ID.",
  count: 'In your language, write the words of "one" and "other", and set the lang of the page.',
  status: "A dot and a word. In a list, put the id of each row's user in place of THE-USER'S-ID.",
  avatars: 'Pictures and names are those of data-avatar and data-name in the tag of the visitor script.',
  list: 'Names are those of data-name in the tag of the visitor script.',
  badge: 'A picture for e-mail, Markdown and image elements. It shows the moment at which it is loaded.',
};

/** The panel with the lines that show presence on the builder's own pages. */
export class ShowPanel {
  readonly #room: () => string;
  readonly #what = byId<HTMLSelectElement>('show-what');
  #forbidden: readonly string[] = [];
  #needsVisitorToken = false;

  /** @param room the room that the dashboard shows; an empty text for the whole site */
  constructor(room: () => string) {
    this.#room = room;
    const panel = byId<HTMLDetailsElement>('show');
    setUpCopy(byId<HTMLButtonElement>('show-copy'), byId('show-snippet'));
    this.#what.addEventListener('change', () => this.#draw());
    panel.addEventListener('toggle', () => {
      if (panel.open) void this.refresh();
    });
  }

  /** Shows the lines for the room that is selected now. */
  async refresh(): Promise<void> {
    this.#draw();
    if (!byId<HTMLDetailsElement>('show').open) return;
    const query = new URLSearchParams({ room: this.#room(), totals: '', members: '1', uids: 'somebody' });
    if (this.#room() === '') query.delete('room');
    try {
      // Without the cookie of the sign-in: pages of the builder's site do not have it.
      const { forbidden = [] } = await request<View>(`/v1/view?${query}`, { credentials: 'omit' });
      this.#forbidden = forbidden;
      this.#needsVisitorToken = await refusesHeartbeats('somebody');
      this.#draw();
    } catch {
      // The header shows when the service cannot be reached.
    }
  }

  #draw(): void {
    const what = this.#what.value as PageSnippet;
    const options = {
      origin: location.origin,
      room: this.#room(),
      forbidden: this.#forbidden,
      needsVisitorToken: this.#needsVisitorToken,
    };
    setText(byId('show-snippet'), pageSnippet(what, options));
    setText(byId('show-note'), `${NOTES[what]} ${needsToken(what, options) ? TOKEN_NOTE : ''}`.trim());
  }
}
