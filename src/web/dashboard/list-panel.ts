import type { ChangeEvent, SnapshotEvent } from '../../protocol/messages.js';
import { addressOf, readState } from './address.js';
import { ColumnHeaders } from './column-headers.js';
import { setUpCsvButton } from './csv-button.js';
import { DetailsLoader } from './details-loader.js';
import { byId, oncePerFrame, setText } from './dom.js';
import type { Entry } from './entry.js';
import { Explanation } from './explanation.js';
import { Filters } from './filters.js';
import { GoneVisitor } from './gone-visitor.js';
import { ListSummary } from './list-summary.js';
import { OnlineVisitors } from './online-visitors.js';
import { BY_NAME, needsDetails } from './order.js';
import { fetchDetails } from './visitor-details.js';
import { VisitorList } from './visitor-list.js';

const DETAILS_MS = 3000;
/** How long the list has to be at rest before the details of its rows are loaded, and the address is changed. */
const PAUSE_MS = 200;
/** Where the page scrolls, a longer list would keep viewers from what follows it, so they have to ask for the rest. */
const SHORT_LENGTH = 50;

/** What a `ListPanel` depends on. */
export interface ListPanelOptions {
  /** The current time in Unix seconds, by the server's clock. */
  readonly nowSeconds: () => number;
  /** Whether the service is reached and the page is shown. */
  readonly isWatched: () => boolean;
  /** Another room was chosen. The list is empty until a snapshot of it is restored. */
  readonly onRoom: () => void;
}

/** Who is here: the list with its filters, its columns and the explanation of a visitor. */
export class ListPanel {
  readonly #options: ListPanelOptions;
  readonly #visitors = new OnlineVisitors();
  readonly #filters: Filters;
  readonly #heads: ColumnHeaders;
  readonly #list: VisitorList;
  readonly #explanation: Explanation;
  readonly #gone: GoneVisitor;
  readonly #loader: DetailsLoader;
  readonly #summary = new ListSummary();
  readonly #isNarrow = matchMedia('(max-width: 640px)');
  /** The visitor in the address, who is explained. */
  #explained: string;
  #isExplainedLater: boolean;
  /** Whether the viewer has asked for the whole list. */
  #isLong = false;
  #pause: ReturnType<typeof setTimeout> | undefined;
  readonly #schedule = oncePerFrame(() => this.#draw());

  constructor(options: ListPanelOptions) {
    this.#options = options;
    const { nowSeconds, isWatched } = options;
    const state = readState(location.search);
    this.#explained = state.visitor;
    this.#isExplainedLater = state.visitor !== '';
    this.#filters = new Filters(state, {
      onFilter: () => this.#change(),
      onRoom: () => {
        this.#visitors.restore({ visitors: [] });
        this.#change();
        options.onRoom();
      },
    });
    this.#heads = new ColumnHeaders(state.order, () => this.#change());
    this.#list = new VisitorList({
      scroller: byId('scroller'),
      heads: byId('heads'),
      table: byId('list'),
      rows: byId('rows'),
      onSelect: (uid) => this.#explain(uid),
      onRoom: (room) => this.#filters.showRoom(room === this.#filters.room ? '' : room),
      room: () => this.#filters.room,
      nowSeconds,
    });
    this.#explanation = new Explanation(byId('explanation'), nowSeconds, {
      onFocusLost: () => this.#list.focus(),
      onClosed: () => {
        this.#explained = '';
        this.#remember();
      },
    });
    this.#gone = new GoneVisitor(byId('gone'), nowSeconds);
    this.#loader = new DetailsLoader({
      visitors: this.#visitors,
      isNeeded: () => isWatched() && this.#needsAllDetails,
      onLoaded: this.#schedule,
    });
    setUpCsvButton(byId('csv'), async () => ((await this.#loader.loadAll()) ? this.#select() : undefined));
    byId('more').addEventListener('click', () => {
      this.#isLong = true;
      this.#schedule();
    });
    this.#isNarrow.addEventListener('change', this.#schedule);
    document.addEventListener('scrollend', () => void this.loadDetails(), { capture: true });
    setInterval(() => void this.loadDetails(), DETAILS_MS);
  }

  /** How many visitors are in the room that is shown. */
  get size(): number {
    return this.#visitors.size;
  }

  /** The room that is shown; an empty text for the whole site. */
  get room(): string {
    return this.#filters.room;
  }

  /** Replaces all visitors. */
  restore(snapshot: SnapshotEvent): void {
    this.#visitors.restore(snapshot);
    setText(byId('latest'), '');
    this.#schedule();
    if (!this.#isExplainedLater) return;
    this.#isExplainedLater = false;
    this.#explain(this.#explained);
  }

  apply(change: ChangeEvent): void {
    const latest = this.#visitors.apply(change);
    if (latest !== undefined) setText(byId('latest'), latest);
    this.#list.markFresh((change.joined ?? []).map(({ uid }) => uid));
    this.#schedule();
  }

  closeExplanation(): void {
    this.#explanation.close();
  }

  /** Loads the suggestions of the room filter. */
  loadRooms(): Promise<void> {
    return this.#filters.loadRooms();
  }

  /** Loads the details of the rows in view. */
  async loadDetails(): Promise<void> {
    // Without the service, what is known gets older.
    if (!this.#options.isWatched()) return this.#list.refresh();
    try {
      this.#visitors.setDetails(await fetchDetails(this.#list.inView), performance.now());
      this.#schedule();
    } catch {
      // The connection's state in the header shows that the service cannot be reached.
    }
  }

  #draw(): void {
    const entries = this.#select();
    const isShort = this.#isNarrow.matches && !this.#isLong && entries.length > SHORT_LENGTH;
    this.#list.show(isShort ? entries.slice(0, SHORT_LENGTH) : entries);
    this.#heads.offerDetails(!this.#loader.isTooMany);
    this.#filters.refresh();
    const { text, isFiltered } = this.#filters;
    const { size } = this.#visitors;
    const unknown = this.#needsAllDetails ? this.#visitors.detailsAge.unknown : 0;
    const { isTooMany } = this.#loader;
    this.#summary.show({ found: entries.length, size, isFiltered, isShort, unknown, isTooMany });
    this.#gone.show(entries.length > 0 ? '' : text.trim());
  }

  /** Find looks at rooms. */
  get #needsAllDetails(): boolean {
    return needsDetails(this.#heads.order) || this.#filters.text.trim() !== '';
  }

  #select(): Entry[] {
    const { order } = this.#heads;
    return this.#visitors.select(this.#filters, this.#loader.isTooMany && needsDetails(order) ? BY_NAME : order);
  }

  /** Follows the filters and the order. */
  #change(): void {
    this.#list.scrollToStart();
    this.#schedule();
    // Once nobody types any more.
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#remember();
      this.#summary.announce();
      void this.#loader.load();
      void this.loadDetails();
    }, PAUSE_MS);
  }

  #explain(uid: string): void {
    this.#explained = uid;
    this.#remember();
    void this.#explanation.open(uid, this.#visitors.nameOf(uid));
  }

  /** Keeps the state in the page's address. */
  #remember(): void {
    const { room, status, text: find } = this.#filters;
    const state = { room, status, find, order: this.#heads.order, visitor: this.#explained };
    const address = addressOf(location.href, state);
    if (address !== location.href) history.replaceState(history.state, '', address);
  }
}
