/** Returns the page's element with this id. */
export const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

/** Sets an element's text. Does nothing when it is the same, so that the browser does not lay out the page again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Wraps a function so that all calls until the next animation frame result in one call in that frame. */
export function oncePerFrame(draw: () => void): () => void {
  let isScheduled = false;
  return () => {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      draw();
    });
  };
}
