import { oncePerFrame } from './dom.js';
import type { Entry } from './entry.js';
import { Row } from './row.js';

/** As in the style sheet. */
const ROW_PX = 48;
/** Rows beyond each edge, so that scrolling does not show gaps. */
const OVERSCAN_ROWS = 4;
/** How far out of the window rows are drawn where the page scrolls, which fingers do fast. */
const OUTSIDE_PX = 600;
const FRESH_MS = 2000;

/** The elements and callbacks of a `VisitorList`. */
export interface VisitorListOptions {
  /** Contains the heads and the rows, and scrolls where it has a height; elsewhere the page does. */
  readonly scroller: HTMLElement;
  readonly heads: HTMLElement;
  readonly table: HTMLElement;
  readonly rows: HTMLElement;
  readonly onSelect: (uid: string) => void;
  readonly onRoom: (room: string) => void;
  /** The room that the list shows; an empty text for the whole site. */
  readonly room: () => string;
  /** The current time in Unix seconds, by the server's clock. */
  readonly nowSeconds: () => number;
}

/**
 * A virtual list: only the rows in view are in the document. All rows have the same height, so that no row has to be
 * measured. The rows are one tab stop, and the arrow keys move within (a roving tabindex); else Tab would visit every row.
 */
export class VisitorList {
  readonly #options: VisitorListOptions;
  readonly #rows = new Map<string, Row>();
  /** Until when a visitor who has joined is highlighted. */
  readonly #freshUntilMs = new Map<string, number>();
  #entries: readonly Entry[] = [];
  /** The row that is the tab stop: its visitor, and its index when it was last drawn. */
  #current = { uid: '', index: 0 };
  readonly #scheduleDraw = oncePerFrame(() => this.#draw());

  constructor(options: VisitorListOptions) {
    this.#options = options;
    const { scroller, rows } = options;
    // On their way down, since scrolling inside an element does not bubble.
    document.addEventListener('scroll', this.#scheduleDraw, { capture: true, passive: true });
    new ResizeObserver(this.#scheduleDraw).observe(scroller);
    addEventListener('resize', this.#scheduleDraw);
    rows.addEventListener('keydown', (event) => this.#move(event));
    rows.addEventListener('click', ({ target }) => {
      const chip = target instanceof Element ? target.closest<HTMLElement>('.chip') : null;
      const uid = this.#uidAt(target);
      if (chip) return options.onRoom(chip.dataset.room!);
      if (uid === undefined) return;
      // Also when the click was beside the button, so that the focus can return to it.
      this.#rows.get(uid)?.button.focus({ preventScroll: true });
      options.onSelect(uid);
    });
    rows.addEventListener('focusin', (event) => {
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

  /** Puts the focus on the current row. */
  focus(): void {
    this.#rows.get(this.#current.uid)?.button.focus();
  }

  #draw(): void {
    const { scroller, table, rows, nowSeconds } = this.#options;
    const hadFocus = rows.contains(document.activeElement);
    const indexes = this.#indexesInView(hadFocus);
    table.ariaRowCount = String(this.#entries.length + 1);
    rows.style.height = `${this.#entries.length * ROW_PX}px`;
    const wanted = new Set(indexes.map((index) => this.#entries[index]!.uid));
    for (const [uid, row] of this.#rows) {
      if (wanted.has(uid)) continue;
      row.element.remove();
      this.#rows.delete(uid);
    }
    // Rows are in the document in the order they are seen, for screen readers.
    let next = rows.firstElementChild;
    for (const index of indexes) {
      const { element } = this.#drawRow(index, nowSeconds());
      if (element === next) next = element.nextElementSibling;
      else rows.insertBefore(element, next);
    }
    const nowMs = performance.now();
    for (const [uid, untilMs] of this.#freshUntilMs) if (untilMs < nowMs) this.#freshUntilMs.delete(uid);
    // A row that was removed or moved has lost the focus.
    if (!hadFocus || rows.contains(document.activeElement)) return;
    const row = this.#rows.get(this.#current.uid);
    if (row) row.button.focus({ preventScroll: true });
    else scroller.focus({ preventScroll: true });
  }

  /** The part of the rows that can be seen, in pixels from their top; larger by `outsidePx` where the window ends it. */
  #view(outsidePx: number): { readonly topPx: number; readonly bottomPx: number } {
    const { scroller, rows, heads } = this.#options;
    const start = rows.getBoundingClientRect().top;
    const { top, bottom } = scroller.getBoundingClientRect();
    return {
      topPx: Math.max(top + heads.offsetHeight, -outsidePx) - start,
      bottomPx: Math.min(bottom, innerHeight + outsidePx) - start,
    };
  }

  /** The indexes to draw, in order: those in view, and the current one while it has the focus. */
  #indexesInView(hasFocus: boolean): number[] {
    const { topPx, bottomPx } = this.#view(OUTSIDE_PX);
    const first = Math.max(0, Math.floor(topPx / ROW_PX) - OVERSCAN_ROWS);
    const last = Math.min(this.#entries.length, Math.ceil(bottomPx / ROW_PX) + OVERSCAN_ROWS);
    const indexes = Array.from({ length: Math.max(0, last - first) }, (_, offset) => first + offset);
    if (hasFocus) {
      const found = this.#entries.findIndex(({ uid }) => uid === this.#current.uid);
      // When the visitor has left, the one who took the place is next.
      const index = found >= 0 ? found : Math.min(this.#current.index, this.#entries.length - 1);
      this.#setCurrent(index);
      if (index >= 0 && index < first) indexes.unshift(index);
      if (index >= Math.max(first, last)) indexes.push(index);
    } else if (!indexes.some((index) => this.#entries[index]!.uid === this.#current.uid)) {
      const { index } = this.#current;
      const firstWhole = Math.min(Math.max(0, Math.ceil(this.#view(0).topPx / ROW_PX)), this.#entries.length - 1);
      // The same for a visitor who has left while the dialog had the focus.
      this.#setCurrent(indexes.includes(index) ? index : firstWhole);
    }
    return indexes;
  }

  #drawRow(index: number, nowSeconds: number): Row {
    const entry = this.#entries[index]!;
    const row = this.#rows.get(entry.uid) ?? new Row(entry.uid);
    this.#rows.set(entry.uid, row);
    const isFresh = this.#freshUntilMs.has(entry.uid);
    row.draw(entry, { index, topPx: index * ROW_PX, isFresh, room: this.#options.room() }, nowSeconds);
    row.button.tabIndex = entry.uid === this.#current.uid ? 0 : -1;
    return row;
  }

  #move(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || this.#entries.length === 0) return;
    const { topPx, bottomPx } = this.#view(0);
    const page = Math.max(1, Math.floor((bottomPx - topPx) / ROW_PX) - 1);
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
    if (target === undefined) return this.#moveInRow(event);
    event.preventDefault();
    this.#setCurrent(Math.min(Math.max(target, 0), this.#entries.length - 1));
    // Not in the next frame: the next key press may come before it. The row is drawn, since the focus is in the list.
    this.#draw();
    const row = this.#rows.get(this.#current.uid);
    row?.button.focus({ preventScroll: true });
    row?.element.scrollIntoView({ block: 'nearest' });
    this.#draw();
  }

  /** Moves the focus between the buttons of the current row. */
  #moveInRow(event: KeyboardEvent): void {
    const stops = this.#rows.get(this.#current.uid)?.stops.filter((stop) => stop.checkVisibility()) ?? [];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    const isMirrored = getComputedStyle(this.#options.rows).direction === 'rtl';
    const steps: Record<string, number> = {
      ArrowRight: isMirrored ? -1 : 1,
      ArrowLeft: isMirrored ? 1 : -1,
      Escape: -at,
    };
    const step = steps[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    stops[at + step]?.focus();
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
    const element = target instanceof Element ? target.closest('.visitor') : null;
    for (const [uid, row] of this.#rows) if (row.element === element) return uid;
    return undefined;
  }
}
