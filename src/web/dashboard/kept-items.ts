/** How to show the items of a list. */
export interface Items<Item> {
  readonly keyOf: (item: Item) => string;
  /** Makes the element of an item that is new. */
  readonly make: () => HTMLElement;
  readonly update: (element: HTMLElement, item: Item) => void;
}

/**
 * Shows items as the children of a list. Elements of items that stay are neither replaced nor moved, as one may have the
 * focus, or its text may be selected. New ones come first.
 */
export function keepItems<Item>(list: Element, items: readonly Item[], { keyOf, make, update }: Items<Item>): void {
  const gone = new Map(
    Array.from(list.children, (child) => [(child as HTMLElement).dataset.key, child as HTMLElement]),
  );
  for (const item of [...items].reverse()) {
    const key = keyOf(item);
    let element = gone.get(key);
    gone.delete(key);
    if (element === undefined) {
      element = make();
      element.dataset.key = key;
      list.prepend(element);
    }
    update(element, item);
  }
  for (const element of gone.values()) element.remove();
}
