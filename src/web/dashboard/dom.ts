/** The page's element of this id. */
export const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

/** Leaves the document alone where nothing is different, so that nothing is laid out again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
