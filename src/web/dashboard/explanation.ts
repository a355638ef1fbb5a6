import { clock } from './clock.js';
import { setText } from './dom.js';
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

  /** @param onFocusLost called when it has closed, and what had the focus before is no longer there */
  constructor(dialog: HTMLDialogElement, nowSeconds: () => number, onFocusLost: () => void) {
    this.#dialog = dialog;
    this.#nowSeconds = nowSeconds;
    dialog.querySelector('#close-explanation')?.addEventListener('click', () => dialog.close());
    // Only by a press that begins and ends beside it: one that begins within may select text. And not by the second
    // click of two on a row, which opened it by the first.
    let isPressedBeside = false;
    dialog.addEventListener('pointerdown', (event) => {
      isPressedBeside = isBeside(dialog, event);
    });
    dialog.addEventListener('click', (event) => {
      if (isPressedBeside && isBeside(dialog, event) && event.detail < 2) dialog.close();
    });
    dialog.addEventListener('close', () => {
      clearInterval(this.#timer);
      // The browser leaves it where it is when it cannot give it back, until it notices that nobody sees it there.
      const { activeElement } = document;
      if (activeElement === document.body || dialog.contains(activeElement)) onFocusLost();
    });
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

  close(): void {
    this.#dialog.close();
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
    const sentences = explain(visitor, (unixSeconds) => clock(unixSeconds * 1000), this.#nowSeconds());
    fill(this.#part('sentences'), ['li'], sentences);
    // The service has forgotten what it was told of somebody who has gone; the page need not.
    if (visitor.status === 'offline') return;
    const info = visitor.info as Info | null;
    const name = displayName({ uid: visitor.uid, info: info ?? undefined });
    setText(this.#part('title'), name);
    setText(this.#part('uid'), name === visitor.uid ? '' : visitor.uid);
    const members = Object.entries(info ?? {}).filter(([name]) => name !== 'name' && name !== 'avatar');
    fill(
      this.#part('info'),
      ['dt', 'dd'],
      members.flatMap(([name, value]) => [name, String(value)]),
    );
  }
}

/** Whether a press is on what lies behind the dialog. */
function isBeside(dialog: HTMLDialogElement, { target, clientX, clientY }: MouseEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
}

/** Sets texts one by one, so that those that stay the same stay selected. Their elements take turns. */
function fill(parent: Element, tags: readonly string[], texts: readonly string[]): void {
  for (const [index, text] of texts.entries()) {
    const child = parent.children[index];
    if (child) setText(child, text);
    else parent.append(element(tags[index % tags.length]!, text));
  }
  while (parent.children.length > texts.length) parent.lastElementChild!.remove();
}

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
