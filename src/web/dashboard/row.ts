import type { VisitorAnswer } from '../../protocol/messages.js';
import { setText } from './dom.js';
import { displayName, type Entry } from './entry.js';
import { formatAgo } from './format.js';
import { isolate } from './isolate.js';

/** A flag is two characters. Marks, spaces and direction controls are invisible by themselves. */
const FIRST_VISIBLE = /\p{RI}{2}|[^\p{Cc}\p{Cf}\p{M}\p{Z}]/u;

/** Where and how a row is shown. */
export interface Place {
  readonly index: number;
  readonly topPx: number;
  /** The length of the whole list, for screen readers. */
  readonly total: number;
  /** Whether to highlight the row, as the visitor has just joined. */
  readonly isFresh: boolean;
}

/** One visitor in the list, as a button. */
export class Row {
  readonly item = document.createElement('li');
  readonly button = document.createElement('button');
  readonly #avatar: HTMLElement;
  readonly #name: HTMLElement;
  readonly #uid: HTMLElement;
  readonly #pill: HTMLElement;
  readonly #ago: HTMLElement;
  readonly #where: HTMLElement;
  /** The address or letter that the avatar shows. */
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
    // Without it, right-to-left texts would be cut off at their beginning.
    this.#name.dir = this.#uid.dir = 'auto';
    this.#pill = part('pill');
    this.#ago = part('ago');
    this.#where = part('where');
    this.#where.dir = 'auto';
    this.item.append(this.button);
  }

  /**
   * Updates the row.
   *
   * @param details undefined until they are fetched
   * @param nowSeconds the current time in Unix seconds, by the server's clock
   */
  draw(
    entry: Entry,
    details: VisitorAnswer | undefined,
    { index, topPx, total, isFresh }: Place,
    nowSeconds: number,
  ): void {
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
    setText(this.#ago, details.last_activity === null ? '' : formatAgo(nowSeconds - details.last_activity));
    const pages = details.sessions > 1 ? `${details.sessions} pages` : '';
    setText(this.#where, [...details.rooms.map(isolate), pages].filter(Boolean).join(' · '));
  }

  /** Shows the picture at an https: or data: address, and the name's first letter without one or until it has loaded. */
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
    image.addEventListener('load', () => {
      if (this.#picture === picture) this.#avatar.replaceChildren(image);
    });
    image.src = avatar;
  }
}
