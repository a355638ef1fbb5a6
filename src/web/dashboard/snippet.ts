import { byId, setText } from './dom.js';

const FEEDBACK_MS = 6000;

/** Sets up the line to paste, with this service's address, and the button that copies it. */
export function setUpSnippet(): void {
  setText(byId('snippet'), `<script async src="${location.origin}/client.js" data-uid="THE-USER'S-ID"></script>`);
  const button = byId('copy');
  const label = button.textContent ?? '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  button.addEventListener('click', async () => {
    setText(button, await copy(byId('snippet')));
    clearTimeout(timer);
    timer = setTimeout(() => setText(button, label), FEEDBACK_MS);
  });
}

/** @returns the button's label after the click */
async function copy(snippet: HTMLElement): Promise<string> {
  try {
    // There is no clipboard on pages over plain http, and frames may be denied access to it.
    await navigator.clipboard.writeText(snippet.textContent ?? '');
    return 'Copied';
  } catch {
    getSelection()?.selectAllChildren(snippet);
    return /Mac|iPhone|iPad/.test(navigator.userAgent) ? 'Press ⌘C' : 'Press Ctrl+C';
  }
}
