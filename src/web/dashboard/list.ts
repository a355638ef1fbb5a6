import type { Entry } from './entry.js';
import type { Visitor } from './explain.js';
import { Row } from './row.js';

const ROW_PX = 56;
const SPARE_ROWS = 4;
const FRESH_MS = 2000;

/** What a list is made of. */
export interface ListOptions {
  readonly scroller: HTMLElement;
  readonly list: HTMLElement;
  readonly onPick: (uid: string) => void;
  /** The server's clock, in Unix seconds. */
  readonly nowSeconds: () => number;
}

/**
 * A list of any length of which only the rows in view exist. Rows are all equally high, so that finding them takes no
 * measuring, and no library. To the keyboard it is one stop, or Tab would have to pass everybody: arrows move within.
 */
export class List {
  readonly #options: ListOptions;
  readonly #rows = new Map<string, Row>();
  readonly #details = new Map<string, Visitor>();
  /** Until when each visitor shows as new. */
  readonly #freshUntilMs = new Map<string, number>();
  #entries: readonly Entry[] = [];
  #isScheduled = false;
  /** Whose row Tab comes to, and where it was last. */
  #current = { uid: '', index: 0 };

  constructor(options: ListOptions) {
    this.#options = options;
    const { scroller, list } = options;
    scroller.addEventListener('scroll', () => this.schedule(), { passive: true });
    new ResizeObserver(() => this.schedule()).observe(scroller);
    list.addEventListener('keydown', (event) => this.#move(event));
    list.addEventListener('click', (event) => {
      const uid = this.#uidAt(event.target);
      if (uid !== undefined) options.onPick(uid);
    });
    list.addEventListener('focusin', (event) => {
      const uid = this.#uidAt(event.target);
      if (uid !== undefined) this.#setCurrent(this.#entries.findIndex((entry) => entry.uid === uid));
    });
  }

  /** The visitors whose rows are in view. */
  get inView(): string[] {
    return [...this.#rows.keys()];
  }

  /** Shows these from the next frame on. */
  show(entries: readonly Entry[]): void {
    this.#entries = entries;
    this.schedule();
  }

  /** Marks visitors as new for a moment. */
  markFresh(uids: readonly string[]): void {
    // Nobody sees it, and nothing is drawn, which would forget them again.
    if (document.hidden) return;
    for (const uid of uids) this.#freshUntilMs.set(uid, performance.now() + FRESH_MS);
  }

  /** Takes in what look-ups have told of visitors in view, and forgets those of others. */
  learn(visitors: readonly Visitor[]): void {
    this.#details.clear();
    for (const visitor of visitors) this.#details.set(visitor.uid, visitor);
    this.schedule();
  }

  /** Puts the focus on the current row. */
  focus(): void {
    this.#rows.get(this.#current.uid)?.button.focus();
  }

  /** Draws at the next frame. Many calls until then are one. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.#draw();
    });
  }

  #draw(): void {
    const { scroller, list, nowSeconds } = this.#options;
    const hadFocus = list.contains(document.activeElement);
    const indexes = this.#indexesInView(hadFocus);
    list.style.height = `${this.#entries.length * ROW_PX}px`;
    const wanted = new Set(indexes.map((index) => this.#entries[index]!.uid));
    for (const [uid, row] of this.#rows) {
      if (wanted.has(uid)) continue;
      row.item.remove();
      this.#rows.delete(uid);
    }
    // In the document's order too, for whoever goes through by keyboard or has it read out.
    let next = list.firstElementChild;
    for (const index of indexes) {
      const { item } = this.#drawRow(index, nowSeconds());
      if (item === next) next = item.nextElementSibling;
      else list.insertBefore(item, next);
    }
    const nowMs = performance.now();
    for (const [uid, untilMs] of this.#freshUntilMs) if (untilMs < nowMs) this.#freshUntilMs.delete(uid);
    // A row that was taken out, or moved, has lost the focus.
    if (!hadFocus || list.contains(document.activeElement)) return;
    const row = this.#rows.get(this.#current.uid);
    if (row) row.button.focus({ preventScroll: true });
    else scroller.focus({ preventScroll: true });
  }

  /** Those in view, in order, with the current one wherever it is while it has the focus. */
  #indexesInView(hasFocus: boolean): number[] {
    const { scrollTop, clientHeight } = this.#options.scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW_PX) - SPARE_ROWS);
    const last = Math.min(this.#entries.length, Math.ceil((scrollTop + clientHeight) / ROW_PX) + SPARE_ROWS);
    const indexes = Array.from({ length: Math.max(0, last - first) }, (_, offset) => first + offset);
    if (hasFocus) {
      const found = this.#entries.findIndex(({ uid }) => uid === this.#current.uid);
      // Whoever is where a visitor was that has left.
      const index = found >= 0 ? found : Math.min(this.#current.index, this.#entries.length - 1);
      this.#setCurrent(index);
      if (index >= 0 && index < first) indexes.unshift(index);
      if (index >= last) indexes.push(index);
    } else if (!indexes.some((index) => this.#entries[index]!.uid === this.#current.uid)) {
      const { index } = this.#current;
      const firstWhole = Math.min(Math.ceil(scrollTop / ROW_PX), this.#entries.length - 1);
      // Whoever is where a visitor was that has left while being explained.
      this.#setCurrent(indexes.includes(index) ? index : firstWhole);
    }
    return indexes;
  }

  #drawRow(index: number, nowSeconds: number): Row {
    const entry = this.#entries[index]!;
    const row = this.#rows.get(entry.uid) ?? new Row();
    this.#rows.set(entry.uid, row);
    const isFresh = this.#freshUntilMs.has(entry.uid);
    const place = { index, topPx: index * ROW_PX, total: this.#entries.length, isFresh };
    row.draw(entry, this.#details.get(entry.uid), place, nowSeconds);
    row.button.tabIndex = entry.uid === this.#current.uid ? 0 : -1;
    return row;
  }

  #move(event: KeyboardEvent): void {
    const { scroller } = this.#options;
    if (event.altKey || event.ctrlKey || event.metaKey || this.#entries.length === 0) return;
    const page = Math.max(1, Math.floor(scroller.clientHeight / ROW_PX) - 1);
    const { index } = this.#current;
    const targets: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: this.#entries.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.#setCurrent(Math.min(Math.max(target, 0), this.#entries.length - 1));
    const topPx = this.#current.index * ROW_PX;
    const least = topPx + ROW_PX - scroller.clientHeight;
    scroller.scrollTop = Math.min(topPx, Math.max(least, scroller.scrollTop));
    // Now and not at the next frame, so that keys held down find the row that they are to leave.
    this.#draw();
    this.#rows.get(this.#current.uid)?.button.focus({ preventScroll: true });
  }

  #setCurrent(index: number): void {
    const uid = this.#entries[index]?.uid;
    if (uid === undefined) return;
    const before = this.#rows.get(this.#current.uid);
    if (before) before.button.tabIndex = -1;
    this.#current = { uid, index };
    const row = this.#rows.get(uid);
    if (row) row.button.tabIndex = 0;
  }

  #uidAt(target: EventTarget | null): string | undefined {
    const item = target instanceof Element ? target.closest('li') : null;
    for (const [uid, row] of this.#rows) if (row.item === item) return uid;
    return undefined;
  }
}
