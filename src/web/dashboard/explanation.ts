import { clock } from './dom.js';
import { displayName, type Info } from './entry.js';
import { explain, type Visitor } from './explain.js';
import { address, ask } from './service.js';

const REFRESH_MS = 2000;

/** The dialog that explains one visitor, kept up to date while it is open. */
export class Explanation {
  readonly #dialog: HTMLDialogElement;
  /** The server's clock. */
  readonly #nowSeconds: () => number;
  #uid = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(dialog: HTMLDialogElement, nowSeconds: () => number) {
    this.#dialog = dialog;
    this.#nowSeconds = nowSeconds;
    dialog.querySelector('#close-explanation')?.addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog) dialog.close();
    });
    dialog.addEventListener('close', () => clearInterval(this.#timer));
  }

  /** Opens for a visitor. */
  async open(uid: string): Promise<void> {
    this.#uid = uid;
    // Until it is known, nothing is shown that is about somebody else.
    this.#part('title').textContent = uid;
    for (const id of ['uid', 'sentences', 'info']) this.#part(id).replaceChildren();
    await this.#refresh();
    if (!this.#dialog.open) this.#dialog.showModal();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#refresh(), REFRESH_MS);
  }

  async #refresh(): Promise<void> {
    const uid = this.#uid;
    try {
      const visitor = await ask<Visitor>(address(`/v1/visitors/${encodeURIComponent(uid)}`));
      if (uid === this.#uid) this.#show(visitor);
    } catch {
      // What is shown of this visitor stays until the service can be asked again.
      const sentences = this.#part('sentences');
      if (sentences.childElementCount === 0) sentences.append(element('li', 'The service cannot be asked now.'));
    }
  }

  #part(id: string): Element {
    return this.#dialog.querySelector(`#explanation-${id}`)!;
  }

  #show(visitor: Visitor): void {
    const info = visitor.info as Info | null;
    this.#part('title').textContent = displayName({ uid: visitor.uid, info: info ?? undefined });
    this.#part('uid').textContent = visitor.uid;
    const sentences = explain(visitor, (unixSeconds) => clock(unixSeconds * 1000), this.#nowSeconds());
    this.#part('sentences').replaceChildren(...sentences.map((sentence) => element('li', sentence)));
    const members = Object.entries(info ?? {}).filter(([name]) => name !== 'name' && name !== 'avatar');
    this.#part('info').replaceChildren(
      ...members.flatMap(([name, value]) => [element('dt', name), element('dd', String(value))]),
    );
  }
}

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
