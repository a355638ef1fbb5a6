/** The page's element of this id. */
export const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

/** Leaves the document alone where nothing is different, so that nothing is laid out again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** A time of day in the viewer's own way, such as 14:02:03. Never broken across lines. */
export const clock = (ms: number): string => timeOfDay.format(ms).replaceAll(' ', '\u00a0');
