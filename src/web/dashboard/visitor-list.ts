import type { VisitorAnswer } from '../../protocol/messages.js';
import { oncePerFrame } from './dom.js';
import type { Entry } from './entry.js';
import { Row } from './row.js';

const ROW_PX = 56;
/** Rows beyond each edge, so that scrolling does not show gaps. */
const OVERSCAN_ROWS = 4;
const FRESH_MS = 2000;

/** The elements and callbacks of a `VisitorList`. */
export interface VisitorListOptions {
  readonly scroller: HTMLElement;
  readonly list: HTMLElement;
  readonly onSelect: (uid: string) => void;
  /** The current time in Unix seconds, by the server's clock. */
  readonly nowSeconds: () => number;
}

/**
 * A virtual list: only the rows in view are in the document. All rows have the same height, so that no row has to be
 * measured. The list is one tab stop, and the arrow keys move within (a roving tabindex); else Tab would visit every row.
 */
export class VisitorList {
  readonly #options: VisitorListOptions;
  readonly #rows = new Map<string, Row>();
  readonly #details = new Map<string, VisitorAnswer>();
  /** Until when a visitor who has joined is highlighted. */
  readonly #freshUntilMs = new Map<string, number>();
  #entries: readonly Entry[] = [];
  /** The row that is the tab stop: its visitor, and its index when it was last drawn. */
  #current = { uid: '', index: 0 };
  readonly #scheduleDraw = oncePerFrame(() => this.#draw());

  constructor(options: VisitorListOptions) {
    this.#options = options;
    const { scroller, list } = options;
    scroller.addEventListener('scroll', this.#scheduleDraw, { passive: true });
    new ResizeObserver(this.#scheduleDraw).observe(scroller);
    list.addEventListener('keydown', (event) => this.#move(event));
    list.addEventListener('click', (event) => {
      const uid = this.#uidAt(event.target);
      if (uid !== undefined) options.onSelect(uid);
    });
    list.addEventListener('focusin', (event) => {
      const uid = this.#uidAt(event.target);
      if (uid !== undefined) this.#setCurrent(this.#entries.findIndex((entry) => entry.uid === uid));
    });
  }

  /** The uids of the visitors in view. */
  get inView(): string[] {
    return [...this.#rows.keys()];
  }

  /** Replaces the entries, from the next frame on. */
  show(entries: readonly Entry[]): void {
    this.#entries = entries;
    this.#scheduleDraw();
  }

  /** Updates the times in the rows, from the next frame on. */
  refresh(): void {
    this.#scheduleDraw();
  }

  /** Scrolls to the first entry. */
  scrollToStart(): void {
    this.#options.scroller.scrollTop = 0;
  }

  /** Highlights visitors for a moment. */
  markFresh(uids: readonly string[]): void {
    // Hidden pages have no animation frames, so that the uids would pile up.
    if (document.hidden) return;
    for (const uid of uids) this.#freshUntilMs.set(uid, performance.now() + FRESH_MS);
  }

  /** Replaces the details of the visitors in view. */
  setDetails(visitors: readonly VisitorAnswer[]): void {
    this.#details.clear();
    for (const visitor of visitors) this.#details.set(visitor.uid, visitor);
    this.#scheduleDraw();
  }

  /** Puts the focus on the current row. */
  focus(): void {
    this.#rows.get(this.#current.uid)?.button.focus();
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
    // Rows are in the document in the order they are seen, for screen readers.
    let next = list.firstElementChild;
    for (const index of indexes) {
      const { item } = this.#drawRow(index, nowSeconds());
      if (item === next) next = item.nextElementSibling;
      else list.insertBefore(item, next);
    }
    const nowMs = performance.now();
    for (const [uid, untilMs] of this.#freshUntilMs) if (untilMs < nowMs) this.#freshUntilMs.delete(uid);
    // A row that was removed or moved has lost the focus.
    if (!hadFocus || list.contains(document.activeElement)) return;
    const row = this.#rows.get(this.#current.uid);
    if (row) row.button.focus({ preventScroll: true });
    else scroller.focus({ preventScroll: true });
  }

  /** The indexes to draw, in order: those in view, and the current one while it has the focus. */
  #indexesInView(hasFocus: boolean): number[] {
    const { scrollTop, clientHeight } = this.#options.scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW_PX) - OVERSCAN_ROWS);
    const last = Math.min(this.#entries.length, Math.ceil((scrollTop + clientHeight) / ROW_PX) + OVERSCAN_ROWS);
    const indexes = Array.from({ length: Math.max(0, last - first) }, (_, offset) => first + offset);
    if (hasFocus) {
      const found = this.#entries.findIndex(({ uid }) => uid === this.#current.uid);
      // When the visitor has left, the one who took the place is next.
      const index = found >= 0 ? found : Math.min(this.#current.index, this.#entries.length - 1);
      this.#setCurrent(index);
      if (index >= 0 && index < first) indexes.unshift(index);
      if (index >= last) indexes.push(index);
    } else if (!indexes.some((index) => this.#entries[index]!.uid === this.#current.uid)) {
      const { index } = this.#current;
      const firstWhole = Math.min(Math.ceil(scrollTop / ROW_PX), this.#entries.length - 1);
      // The same for a visitor who has left while the dialog had the focus.
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
    const minScrollTop = topPx + ROW_PX - scroller.clientHeight;
    scroller.scrollTop = Math.min(topPx, Math.max(minScrollTop, scroller.scrollTop));
    // Not in the next frame: the next key press may come before it.
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
