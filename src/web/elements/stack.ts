import { make } from './element.js';

/** An element that is as wide as the widest of some texts, whichever it shows, so that the page does not shift. */
export function stack(shown: Element, texts: readonly string[]): HTMLElement {
  return make(
    'span',
    { class: 'stack' },
    // First, since they give the baseline, which what is shown has not while it is empty.
    ...texts.map((text) => make('span', { part: 'space', class: 'sizer', 'aria-hidden': 'true' }, text)),
    shown,
  );
}
