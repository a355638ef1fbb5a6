import { byId } from './dom.js';
import { needsDetails, type Order, orderText, parseOrder } from './order.js';

/** The heads of the columns, which sort the list, and the menu that does it where there is no room for columns. */
export class ColumnHeaders {
  readonly #menu = byId<HTMLSelectElement>('sort');
  readonly #buttons = byId('heads').querySelectorAll<HTMLButtonElement>('button');
  readonly #onOrder: () => void;
  #order: Order;
  #isDetailed = true;

  /** @param onOrder called when the viewer has chosen another order */
  constructor(order: Order, onOrder: () => void) {
    this.#order = order;
    this.#onOrder = onOrder;
    for (const button of this.#buttons) {
      button.addEventListener('click', () => {
        const first = parseOrder(button.dataset.sort!);
        const isAgain = first.by === this.#order.by;
        this.#choose(isAgain ? { ...first, isDescending: !this.#order.isDescending } : first);
      });
    }
    this.#menu.addEventListener('change', () => this.#choose(parseOrder(this.#menu.value)));
    this.#draw();
  }

  get order(): Order {
    return this.#order;
  }

  /** Offers the orders that need the details of every visitor, or not. */
  offerDetails(isDetailed: boolean): void {
    if (isDetailed === this.#isDetailed) return;
    this.#isDetailed = isDetailed;
    for (const choice of [...this.#buttons, ...this.#menu.options]) {
      const text = choice instanceof HTMLButtonElement ? choice.dataset.sort! : choice.value;
      choice.disabled = !isDetailed && needsDetails(parseOrder(text));
    }
  }

  #choose(order: Order): void {
    this.#order = order;
    this.#draw();
    this.#onOrder();
  }

  #draw(): void {
    const { by, isDescending } = this.#order;
    this.#menu.value = orderText(this.#order);
    for (const button of this.#buttons) {
      const isSorted = parseOrder(button.dataset.sort!).by === by;
      button.parentElement!.ariaSort = isSorted ? (isDescending ? 'descending' : 'ascending') : null;
    }
  }
}
