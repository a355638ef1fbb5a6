const NAME = '/elements.js';
const MIN_INTERVAL_SECONDS = 1;

/** Any tag of the elements in the page. The latest one counts, as a page may have inserted it again with a new token. */
function findTag(): HTMLScriptElement | undefined {
  const tags = document.querySelectorAll<HTMLScriptElement>(`script[src*="${NAME}"]`);
  return tags[tags.length - 1];
}

/** The address that the script was loaded from, with a slash at the end. Undefined when it cannot be known. */
export function findService(): string | undefined {
  const current = document.currentScript instanceof HTMLScriptElement ? document.currentScript : undefined;
  // jQuery runs a script from a tag of its own without an address, and for a module `currentScript` is null.
  const src = current?.src || findTag()?.src;
  return src ? new URL('.', src).href : undefined;
}

/** The watch token that the page has at the moment. */
export const tokenOf = (): string | undefined => findTag()?.dataset.token || undefined;

/** The interval that the page asks for, in milliseconds. */
export function ownIntervalMs(): number | undefined {
  const seconds = Number(findTag()?.dataset.interval);
  return seconds > 0 ? 1000 * Math.max(seconds, MIN_INTERVAL_SECONDS) : undefined;
}

/** Whether the page has a tag of the visitor script, with a visitor. */
export const hasVisitorTag = (): boolean =>
  document.querySelector('script[data-uid]:not([data-uid=""])[src*="/client.js"]') !== null;
