import { setText } from './dom.js';

const FEEDBACK_MS = 6000;

/** Lets a button copy the text of an element, and say so on its label for a moment. */
export function setUpCopy(button: HTMLButtonElement, source: HTMLElement): void {
  const label = button.textContent ?? '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  button.addEventListener('click', async () => {
    setText(button, await copy(source));
    clearTimeout(timer);
    timer = setTimeout(() => setText(button, label), FEEDBACK_MS);
  });
}

/** @returns the button's label after the click */
async function copy(source: HTMLElement): Promise<string> {
  try {
    // There is no clipboard on pages over plain http, and frames may be denied access to it.
    await navigator.clipboard.writeText(source.textContent ?? '');
    return 'Copied';
  } catch {
    getSelection()?.selectAllChildren(source);
    return /Mac|iPhone|iPad/.test(navigator.userAgent) ? 'Press ⌘C' : 'Press Ctrl+C';
  }
}
