import { safely } from '../client/safely.js';
import type { Page } from './page.js';
import { addStyles } from './styles.js';
import type { Place, Want } from './wanted.js';

/** The first change is announced after this time, and the latest of those that follow after it again. */
const ANNOUNCE_MS = 5000;
const CLEAR_MS = 1000;

/** What all elements have in common: they show what the page knows, and follow their attributes. Nothing of it throws. */
export abstract class PresenceElement extends HTMLElement {
  /** Set when the elements are defined. */
  static page: Page;

  readonly #root: ShadowRoot;
  protected readonly content = make('span', { class: 'content' });
  #key = '';
  #remove: (() => void) | undefined;
  #isDue = false;
  #announced: string | undefined;
  #next = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: 'open' });
    addStyles(this.#root);
    this.#root.append(this.content);
  }

  /** What to ask for. Undefined while an attribute is missing. */
  protected abstract want(): Want | undefined;
  /** Shows what the page knows. */
  protected abstract show(page: Page): void;

  connectedCallback(): void {
    this.#follow();
  }

  disconnectedCallback(): void {
    this.#remove?.();
    this.#remove = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#announced = undefined;
  }

  attributeChangedCallback(): void {
    // A framework may set several attributes one after another.
    if (!this.isConnected || this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (this.isConnected) this.#follow();
    });
  }

  /**
   * Replaces what is shown, if it is to change.
   *
   * @param key what the nodes depend on
   */
  protected replace(key: unknown, make: () => Node[]): void {
    const text = JSON.stringify(key);
    if (text === this.#key) return;
    this.#key = text;
    this.content.replaceChildren(...make());
  }

  /** Says a text to screen readers after a while, if the page asks for it and it is not the first one. */
  protected announce(text: string): void {
    let region = this.#root.querySelector('[aria-live]');
    const isAsked = this.hasAttribute('announce');
    if (!isAsked) region?.remove();
    if (isAsked && region === null) {
      region = make('span', { class: 'announcer', 'aria-live': 'polite' });
      this.#root.append(region);
    }
    this.#next = text;
    this.#announced ??= text;
    if (!isAsked || text === this.#announced || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#next === this.#announced || region === null) return;
      this.#announced = region.textContent = this.#next;
      setTimeout((each: Element) => each.replaceChildren(), CLEAR_MS, region);
    }, ANNOUNCE_MS);
  }

  protected get place(): Place {
    const room = this.getAttribute('room');
    if (this.hasAttribute('site')) return { in: 'site' };
    return room ? { in: 'room', room } : { in: 'here' };
  }

  /** The language of the element, as the page states it. */
  protected get language(): string | undefined {
    const element = this.closest<HTMLElement>('[lang]') ?? document.documentElement;
    return element.lang || undefined;
  }

  #follow(): void {
    safely(() => {
      const want = this.want();
      const { page } = PresenceElement;
      const render = () => safely(() => this.show(page));
      const remove = this.#remove;
      this.#remove = want && page.add(want, render);
      remove?.();
      render();
    });
  }
}

/** Makes an element with attributes. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
