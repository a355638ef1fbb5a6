import { setText } from './dom.js';
import { displayName, type Entry } from './entry.js';
import { ago, type Visitor } from './explain.js';

/** A flag takes two characters; marks, spaces and what only gives a direction cannot be seen by themselves. */
const FIRST_VISIBLE = /\p{RI}{2}|[^\p{Cc}\p{Cf}\p{M}\p{Z}]/u;

/** Where a row stands in the list. */
export interface Place {
  readonly index: number;
  readonly topPx: number;
  /** How many rows the list has. */
  readonly total: number;
  /** Whether the visitor has only just come. */
  readonly isFresh: boolean;
}

/** One visitor in the list: a button that picks it. */
export class Row {
  readonly item = document.createElement('li');
  readonly button = document.createElement('button');
  readonly #avatar: HTMLElement;
  readonly #name: HTMLElement;
  readonly #uid: HTMLElement;
  readonly #pill: HTMLElement;
  readonly #ago: HTMLElement;
  readonly #where: HTMLElement;
  /** What the avatar shows now. */
  #picture = '';

  constructor() {
    this.button.type = 'button';
    this.button.className = 'visitor';
    const part = (className: string, parent: HTMLElement = this.button) => {
      const element = document.createElement('span');
      element.className = className;
      parent.append(element);
      return element;
    };
    this.#avatar = part('avatar');
    this.#avatar.ariaHidden = 'true';
    const who = part('who');
    this.#name = part('name', who);
    this.#uid = part('uid', who);
    // A text that runs to the left would lose its beginning where it is cut off.
    this.#name.dir = this.#uid.dir = 'auto';
    this.#pill = part('pill');
    this.#ago = part('ago');
    this.#where = part('where');
    this.#where.dir = 'auto';
    this.item.append(this.button);
  }

  /**
   * Shows what is so.
   *
   * @param details what a look-up has told, if one has
   * @param nowSeconds by the server's clock
   */
  draw(entry: Entry, details: Visitor | undefined, { index, topPx, total, isFresh }: Place, nowSeconds: number): void {
    const name = displayName(entry);
    this.item.style.transform = `translateY(${topPx}px)`;
    this.item.setAttribute('aria-posinset', String(index + 1));
    this.item.setAttribute('aria-setsize', String(total));
    this.button.classList.toggle('fresh', isFresh);
    setText(this.#name, name);
    setText(this.#uid, name === entry.uid ? '' : entry.uid);
    setText(this.#pill, entry.status);
    this.#pill.className = `pill ${entry.status}`;
    this.#drawAvatar(name, entry.info?.avatar);
    if (!details) return;
    setText(this.#ago, details.last_activity === null ? '' : ago(nowSeconds - details.last_activity));
    const pages = details.sessions > 1 ? `${details.sessions} pages` : '';
    setText(this.#where, [...details.rooms, pages].filter(Boolean).join(' · '));
  }

  /** A picture when info has the address of one, by https or in itself; else the first letter. */
  #drawAvatar(name: string, avatar: unknown): void {
    const letter = FIRST_VISIBLE.exec(name)?.[0].toUpperCase() ?? '?';
    const isPicture = typeof avatar === 'string' && /^(https:\/\/|data:image\/)/i.test(avatar);
    const picture = isPicture ? avatar : letter;
    if (this.#picture === picture) return;
    this.#picture = picture;
    this.#avatar.textContent = letter;
    if (!isPicture) return;
    const image = new Image();
    image.alt = '';
    image.referrerPolicy = 'no-referrer';
    // Until it has come, or if it never does, the letter stands there.
    image.addEventListener('load', () => {
      if (this.#picture === picture) this.#avatar.replaceChildren(image);
    });
    image.src = avatar;
  }
}
