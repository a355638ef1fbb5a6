import { Avatar } from './avatar.js';
import { setText } from './dom.js';
import { displayName, type Entry } from './entry.js';
import { formatAgo, formatDuration, formatSince } from './format.js';
import { isolate } from './isolate.js';
import { drawChips } from './room-chips.js';

/** The row of the heads, and the first row has the number 1. */
const ROWS_BEFORE = 2;

/** Where and how a row is shown. */
export interface Place {
  readonly index: number;
  readonly topPx: number;
  /** Whether to highlight the row, as the visitor has just joined. */
  readonly isFresh: boolean;
  /** The room that the list shows; an empty text for the whole site. */
  readonly room: string;
}

/** One visitor in the list: a row of cells, of which the first has a button. */
export class Row {
  readonly element = document.createElement('tr');
  readonly button = document.createElement('button');
  readonly #avatar: Avatar;
  readonly #name: HTMLElement;
  readonly #where: HTMLElement;
  readonly #stay: HTMLElement;
  readonly #pages: HTMLElement;
  readonly #pill: HTMLElement;
  readonly #since: HTMLElement;
  readonly #ago: HTMLElement;
  readonly #rooms: HTMLElement;

  constructor(uid: string) {
    this.element.className = 'visitor';
    const part = (className: string, parent: HTMLElement, tag = 'span') => {
      const element = document.createElement(tag);
      element.className = className;
      parent.append(element);
      return element;
    };
    const cell = (className: string) => part(className, this.element, 'td');
    const who = cell('who');
    this.#avatar = new Avatar(uid);
    this.button.type = 'button';
    this.button.className = 'open';
    who.append(this.#avatar.element, this.button);
    this.#name = part('name', this.button);
    const about = part('about', this.button);
    this.#where = part('where', about);
    this.#stay = part('stay', about);
    this.#pages = part('pages', about);
    this.#pill = part('pill', cell('state-cell'));
    this.#since = cell('since');
    this.#ago = cell('ago');
    this.#rooms = cell('rooms');
    // Without it, right-to-left texts would be cut off at their beginning.
    this.#name.dir = this.#where.dir = 'auto';
  }

  /**
   * Updates the row.
   *
   * @param nowSeconds the current time in Unix seconds, by the server's clock
   */
  draw(entry: Entry, { index, topPx, isFresh, room }: Place, nowSeconds: number): void {
    const name = displayName(entry);
    this.element.style.transform = `translateY(${topPx}px)`;
    this.element.setAttribute('aria-rowindex', String(index + ROWS_BEFORE));
    this.element.classList.toggle('fresh', isFresh);
    setText(this.#name, name);
    setText(this.#pill, entry.status);
    this.#pill.className = `pill ${entry.status}`;
    this.#avatar.draw(name, entry.info?.avatar);
    const { details } = entry;
    if (!details) return;
    const { rooms, sessions, last_activity, online_since } = details;
    setText(this.#ago, last_activity === null ? '' : formatAgo(nowSeconds - last_activity));
    setText(this.#since, online_since === null ? '' : formatSince(online_since));
    const stay = online_since === null ? '' : `here for ${formatDuration(nowSeconds - online_since)}`;
    setText(this.#stay, stay);
    setText(this.#pages, sessions > 1 ? ` · ${sessions} pages` : '');
    setText(this.#where, rooms.map(isolate).join(', '));
    drawChips(this.#rooms, rooms, room);
  }

  /** What the arrow keys to the left and right move between. */
  get stops(): HTMLElement[] {
    return [this.button, ...this.#rooms.querySelectorAll<HTMLElement>('.chip')];
  }
}
