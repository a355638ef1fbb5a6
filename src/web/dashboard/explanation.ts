import type { VisitorAnswer } from '../../protocol/messages.js';
import { setUpCopy } from './copy.js';
import { setText } from './dom.js';
import { displayName } from './entry.js';
import { explain } from './explain.js';
import { formatTime } from './format.js';
import { fetchDetails } from './visitor-details.js';

const REFRESH_MS = 2000;

/** Called by an `Explanation`. */
export interface ExplanationHandlers {
  readonly onClosed: () => void;
  /** Called after closing when the element that had the focus before is gone. */
  readonly onFocusLost: () => void;
}

/** The dialog that explains the status of one visitor. Refreshes itself while it is open. */
export class Explanation {
  readonly #dialog: HTMLDialogElement;
  readonly #nowSeconds: () => number;
  #uid = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param nowSeconds the current time in Unix seconds, by the server's clock
   */
  constructor(dialog: HTMLDialogElement, nowSeconds: () => number, { onClosed, onFocusLost }: ExplanationHandlers) {
    this.#dialog = dialog;
    this.#nowSeconds = nowSeconds;
    setUpCopy(
      dialog.querySelector<HTMLButtonElement>('#copy-uid')!,
      dialog.querySelector<HTMLElement>('#explanation-uid')!,
    );
    dialog.querySelector('#close-explanation')?.addEventListener('click', () => dialog.close());
    // A click on the backdrop closes the dialog. A drag that begins inside does not, as it selects text, nor does the
    // second click of a double click whose first one has opened the dialog.
    let isPressedOnBackdrop = false;
    dialog.addEventListener('pointerdown', (event) => {
      isPressedOnBackdrop = isOnBackdrop(dialog, event);
    });
    dialog.addEventListener('click', (event) => {
      if (isPressedOnBackdrop && isOnBackdrop(dialog, event) && event.detail < 2) dialog.close();
    });
    dialog.addEventListener('close', () => {
      clearInterval(this.#timer);
      onClosed();
      // When the browser cannot restore the focus, it leaves it inside the closed dialog for a while.
      const { activeElement } = document;
      if (activeElement === document.body || dialog.contains(activeElement)) onFocusLost();
    });
  }

  /** Opens the dialog for a visitor. */
  async open(uid: string, name: string): Promise<void> {
    this.#uid = uid;
    // Until the answer arrives, the dialog must not show the visitor before.
    this.#showName(uid, name);
    for (const id of ['sentences', 'info']) this.#part(id).replaceChildren();
    await this.#refresh();
    if (!this.#dialog.open) this.#dialog.showModal();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      if (!document.hidden) void this.#refresh();
    }, REFRESH_MS);
  }

  close(): void {
    this.#dialog.close();
  }

  async #refresh(): Promise<void> {
    const uid = this.#uid;
    try {
      // Not /v1/visitors/:uid: every URL parser removes `.` and `..` from a path, also when they are encoded.
      const [visitor] = await fetchDetails([uid]);
      if (uid === this.#uid) this.#show(visitor!);
    } catch {
      // An earlier answer stays until the service can be reached again.
      const sentences = this.#part('sentences');
      if (sentences.childElementCount === 0) sentences.append(createElement('li', 'The service cannot be asked now.'));
    }
  }

  #part(id: string): Element {
    return this.#dialog.querySelector(`#explanation-${id}`)!;
  }

  #showName(uid: string, name: string): void {
    setText(this.#part('title'), name);
    setText(this.#part('uid'), uid);
  }

  #show(visitor: VisitorAnswer): void {
    setTexts(this.#part('sentences'), ['li'], explain(visitor, formatTime, this.#nowSeconds()));
    // The service no longer knows the info of an offline visitor, so the dialog keeps what it shows.
    if (visitor.status === 'offline') return;
    this.#showName(visitor.uid, displayName(visitor));
    const members = Object.entries(visitor.info ?? {}).filter(([name]) => name !== 'name' && name !== 'avatar');
    setTexts(
      this.#part('info'),
      ['dt', 'dd'],
      members.flatMap(([name, value]) => [name, String(value)]),
    );
  }
}

/** Whether a mouse event hit the backdrop, for which its target is the dialog as well. */
function isOnBackdrop(dialog: HTMLDialogElement, { target, clientX, clientY }: MouseEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
}

/** Gives an element one child for each text, with the tags in turn. Texts that do not change stay selected. */
function setTexts(parent: Element, tags: readonly string[], texts: readonly string[]): void {
  for (const [index, text] of texts.entries()) {
    const child = parent.children[index];
    if (child) setText(child, text);
    else parent.append(createElement(tags[index % tags.length]!, text));
  }
  while (parent.children.length > texts.length) parent.lastElementChild!.remove();
}

function createElement(tag: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
